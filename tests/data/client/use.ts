// What the TypeScript client does in a test: file an application, read where it stands, be refused.
// deno checks the types first; each line below @ts-expect-error must not fit them.
import {
    ApplicationRequestFromJSON,
    ApplicationsApi,
    Configuration,
    type Problem,
    ProblemFromJSON,
    ResponseError,
} from "wenqi-client";

const [basePath, sample] = Deno.args;
const body = ApplicationRequestFromJSON(JSON.parse(await Deno.readTextFile(sample)));
const anybody = new ApplicationsApi(new Configuration({ basePath }));

const accepted = await anybody.submitApplication({
    applicationRequest: body,
    idempotencyKey: crypto.randomUUID(),
});
// @ts-expect-error: a receipt is a text
const _number: number = accepted.receipt;

const applicant = new ApplicationsApi(
    new Configuration({ basePath, accessToken: accepted.accessCode }),
);
const status = await applicant.readApplication({ receipt: accepted.receipt });
// @ts-expect-error: an amount of money is a text or a number
const _assets: typeof body.enterprise.assets = { yuan: 1 };
// @ts-expect-error: the states are a closed list
const _state: "nowhere" = status.state;

async function refused(call: Promise<unknown>): Promise<Problem> {
    try {
        await call;
    } catch (error) {
        if (error instanceof ResponseError) return ProblemFromJSON(await error.response.json());
        throw error;
    }
    throw new Error("it was not refused");
}

const problem = await refused(
    anybody.submitApplication({
        applicationRequest: { ...body, enterprise: { ...body.enterprise, name: "" } },
    }),
);
const [fault] = problem.errors ?? [];
console.log(JSON.stringify({
    receipt: accepted.receipt,
    state: status.state,
    received_is_a_date: status.receivedAt instanceof Date,
    problem: [problem.status, problem.code, fault?.pointer, fault?.code],
}));
