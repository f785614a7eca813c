"""What `wenqi doctor` says, in both languages of those who read it: commands and monitoring have
English, the desk Chinese (decision 46). One table for both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Self

from vocabulary.work import STAGE_TEXTS
from vocabulary.zone import CHINA


class Told(str):
    """An English sentence that knows how it reads in Chinese."""

    __slots__ = ("chinese",)
    chinese: str

    def __new__(cls, english: str, chinese: str = "") -> Self:
        made = super().__new__(cls, english)
        made.chinese = chinese or english
        return made


@dataclass(frozen=True, slots=True)
class Sentence:
    """Both languages of one, with named parts."""

    english: str
    chinese: str

    def of(self, **parts: Any) -> Told:
        """With its parts filled in, each in the language of the sentence where it has two."""
        english = {
            name: f"{_here(part):%Y-%m-%d}" if isinstance(part, date) else part
            for name, part in parts.items()
        }
        chinese = {name: _chinese(part) for name, part in parts.items()}
        return Told(self.english.format(**english), self.chinese.format(**chinese))


def _here(day: date) -> date:
    return day.astimezone(CHINA) if isinstance(day, datetime) else day


def _chinese(part: Any) -> Any:
    if isinstance(part, date):
        day = _here(part)
        return f"{day.year}年{day.month}月{day.day}日"
    return part.chinese if isinstance(part, Told) else part


def stage(name: str) -> Told:
    """A stage of work, as each language calls it; of another release, by its name alone."""
    text = STAGE_TEXTS.get(name)
    return Told(name, f"{text}（{name}）" if text else "")


PLACES: Final = {
    "due": Told("in the ledger, due", "等着处理"),
    "leased": Told("with the broker or a worker", "正在处理"),
    "later": Told("in the ledger, to be tried again", "稍后再试"),
    "dead": Told("on the dead-letter list", "已放弃，要人处理"),
    "enterprise": Told("with the enterprise (supplement)", "等申报单位（补正）"),
    "bureau": Told("with a bureau (determination, approval, review)", "等单位（认定、复签、复核）"),
    "settled": Told("settled", "已办结"),
    "nobody": Told("IN NOBODY'S HANDS", "没有人管"),
}
"""Every place an application can be, in the order shown."""

# What mends it.
MEND: Final = Told("wenqi doctor --mend")
RUNBOOK: Final = Told("docs/runbook.md, Stuck work", "见docs/runbook.md的Stuck work一节")
MIGRATE: Final = Told("wenqi migrate")
RESTART: Final = Sentence(
    "wenqi restart {name}   (compose: docker compose restart {service})",
    "wenqi restart {name}（容器：docker compose restart {service}）",
)
RETRY: Final = Sentence(
    "remove the cause, then wenqi dead-letter retry --stage {stage}",
    "除去原因以后在下面选中再试，或者wenqi dead-letter retry --stage {stage}",
)

# What is stuck, and why.
OTHER_SCHEMA: Final = Told("the schema is not the one of this code", "数据库结构不是这一版程序的")
EVERY_WAY: Final = Told("the way through every queue", "各队列都没有走通")
ONE_WAY: Final = Sentence("the way through queue {queue}", "队列{queue}没有走通")
NO_RELAY: Final = Told("no relay has ever run on this database", "这个数据库上还没有运行过relay")
NO_CANARY: Final = Told(
    "no canary came through any queue: the relay or the broker does not work",
    "巡检在哪个队列都没有走通：relay或者消息队列不工作",
)
NO_CANARY_FOR: Final = Sentence(
    "no canary came through any queue: {fault}", "巡检在哪个队列都没有走通：{fault}"
)
OWN_CANARY: Final = Told(
    "others' canaries come through, its own do not: its worker is down, stuck or overloaded",
    "别的队列走得通，只有它走不通：它的后台进程停了、卡住了，或者忙不过来",
)
UNASSESSED: Final = Told(
    "applications without assessment or work item", "没有核对结果、也没有排上队的申请"
)
UNSENT: Final = Told("deliveries without work item", "没有排上队的消息")
UNVISITED: Final = Told("applications without a visit", "没有安排走访的申请")
LOST: Final = Told(
    "nobody works on them; this should never happen, please report it",
    "没有人在处理；本来不会这样，请报告开发人员",
)
VISITLESS: Final = Told(
    "decided on, and no visit was arranged; please report it",
    "已经核对，却没有安排走访；请报告开发人员",
)
HANGING: Final = Sentence("rows of {table} that hang in the air", "表{table}里没有着落的行")
ORPHANED: Final = Sentence(
    "their {column} is of no {parent}: deleted by hand, or never written",
    "它们的{column}在表{parent}里找不到：手工删掉了，或者没有写进去",
)
LATE: Final = Sentence("late work of stage {stage}", "到时间没有办的工作：{stage}")
NOT_TAKEN: Final = Told(
    "the relay does not take them, or more waits than is being done",
    "relay没有来取，或者排队的多、办不过来",
)
NOT_DONE: Final = Told(
    "published again and again and not done: their worker is down, stuck or overloaded",
    "反复交出去都没有办成：后台进程停了、卡住了，或者忙不过来",
)
DEAD: Final = Sentence("dead letters of stage {stage}", "已放弃的工作：{stage}")
NO_REASON: Final = Told("no reason recorded", "没有记下原因")
FAILED: Final = Sentence("{error}", "程序记下的原因：{error}")
UNSEALED: Final = Told("events without a seal", "还没有封存的办理记录")
NOBODY_SEALS: Final = Told(
    "nobody seals: beat or its worker is down, or seals were taken out (wenqi audit verify)",
    "没有在封存：beat或者它的后台进程停了，或者封存被人取走了（wenqi audit verify）",
)

# What keeps a part from working.
_REFUSES: Final = Sentence("the broker refuses writes: {why}", "消息队列不收：{why}")
BROKER_AWAY: Final = Told("the broker does not answer", "消息队列没有应答")
BROKER_REFUSES: Final = {
    "READONLY": (
        _REFUSES.of(why=Told("it is a read-only replica", "它是只读的副本")),
        Told(
            "point REDIS_URL at the primary, or make this one the primary: REPLICAOF NO ONE",
            "让REDIS_URL指向主库，或者把这一台改成主库：REPLICAOF NO ONE",
        ),
    ),
    "OOM": (
        _REFUSES.of(why=Told("it has reached its maxmemory", "内存用到了上限maxmemory")),
        Told(
            "raise maxmemory (CONFIG SET maxmemory …), or remove what else fills it",
            "调高maxmemory（CONFIG SET maxmemory …），或者清掉别的占用",
        ),
    ),
    "NOREPLICAS": (
        _REFUSES.of(
            why=Told("fewer replicas than min-replicas-to-write", "副本少于min-replicas-to-write")
        ),
        Told(
            "bring the replicas back, or lower min-replicas-to-write",
            "恢复副本，或者调低min-replicas-to-write",
        ),
    ),
    "MISCONF": (
        _REFUSES.of(why=Told("it cannot save to its disk", "存不进磁盘")),
        Told(
            "give its disk room; it takes writes again after the next save",
            "给它的磁盘腾出地方，下一次保存以后就收了",
        ),
    ),
}
"""By the word that the broker refuses with: what is wrong, and what mends it."""
BROKER_REFUSES_ANYHOW: Final = (
    Told("the broker refuses writes", "消息队列不收"),
    Told(
        "see what it answers to: SET wenqi:readiness 1 EX 60",
        "看它怎么答复：SET wenqi:readiness 1 EX 60",
    ),
)
BROKER_DOWN: Final = Sentence("{fault}; {kept}", "{fault}；{kept}")
KEPT: Final = Told(
    "applications are taken in, and processed when it takes messages again",
    "申请照常受理，等它恢复以后再处理",
)
DATABASE_AWAY: Final = Told("the database does not answer", "数据库没有应答")
UNGRANTED: Final = Told(
    "this login has no rights on it yet: wenqi migrate", "这个账号还没有权限：wenqi migrate"
)
LATER: Final = Sentence(
    "at {revision}, later than this release's {head}", "是{revision}，比这一版的{head}新"
)
EARLIER: Final = Sentence(
    "at {revision}, and this release needs {head}: wenqi migrate",
    "是{revision}，这一版要{head}：wenqi migrate",
)
NOTHING: Final = Told("nothing", "空的")
CLOSED: Final = Sentence(
    "nothing came through queue {queues}; what is accepted is kept",
    "队列{queues}没有走通；已经受理的都在",
)

# What will be, unless somebody does something.
UNASKED: Final = Told(
    "the broker was not asked: REDIS_URL is not set", "没有问消息队列：没有设置REDIS_URL"
)
CALENDAR: Final = Sentence(
    "the calendar of working days {ends}: days after it are provisional. Once the State Council has"
    " published the next year's holidays, install the release whose chinesecalendar knows them;"
    " days are then put right within the hour",
    "工作日历{ends}，以后的日子都是暂算的。国务院公布下一年放假安排以后，请安装带有新安排（chinesecalendar）的"
    "版本，一小时以内各个期限自己改过来",
)
ENDS: Final = Sentence("ends in {left} days, on {last}", "还有{left}天用完，最后一天是{last}")
ENDED: Final = Sentence("ended on {last}", "已经用完，最后一天是{last}")
ONE_LOGIN: Final = Sentence(
    "the application's database login {excess}: set DATABASE_URL to a login with rows alone and"
    " DATABASE_OWNER_URL to the one that migrates (docs/trail.md)",
    "程序用的数据库账号{excess}：请把DATABASE_URL设为只能读写数据的账号，DATABASE_OWNER_URL设为改结构的账号"
    "（见docs/trail.md）",
)
_EXCESS: Final = {
    "is a superuser": "是超级用户",
    "owns tables": "拥有数据表",
    "changes events": "能改办理记录",
    "moves the clock": "能拨业务时间",
}
BURST: Final = Sentence(
    "{tries:,} codes, tokens, links or logins failed within ten minutes, most from {most_from}:"
    " wenqi audit list --type access.failed",
    "十分钟内有{tries:,}次查询码、令牌、链接或者登录失败，多数来自{most_from}：请审计人员在审计页按类别看，"
    "或者wenqi audit list --type access.failed",
)
GIVEN_UP: Final = Sentence(
    "webhook endpoint {id} of {bureau} is disabled ({reason}) since {since}: tell whose it is, then"
    " wenqi webhook enable {id}, or wenqi webhook remove {id}",
    "{bureau}的推送地址{id}从{since}起已停用（{reason}）：请告诉它的主人，然后在推送页启用，或者删除",
)
_WHY_DISABLED: Final = {"gone": "对方说不再接收", "failing": "一直推不出去"}
SENDER_SHUT: Final = Sentence(
    "webhook endpoint {id} of {bureau} is sent nothing since {since}: its sending system is shut"
    " off; wenqi token open {client} sends again, then wenqi webhook replay {id}, or wenqi webhook"
    " remove {id}",
    "{bureau}的推送地址{id}从{since}起没有推送：它的申报渠道已停收。请在令牌页恢复这个渠道，再在推送页重新推送，"
    "或者删除这个地址",
)
UNREADABLE_PRACTICE: Final = Sentence(
    "a change of {name} that was agreed upon is none of its values and is left out: two"
    " administrators agree upon another one (wenqi practice)",
    "本地做法{name}已同意的更改读不出来，没有执行：请两位管理员在本地做法页另定一个值",
)
UNREADABLE_ADDRESS: Final = Sentence(
    "the changed address of {recipient} cannot be read, so what the deployment's file says holds:"
    " an administrator gives it anew (/desk/admin/addresses)",
    "{recipient}改过的地址读不出来，现在按部署时的地址发：请管理员在单位地址页重新填",
)


def excess(found: list[str]) -> Told:
    """What a login of the database may do beyond need."""
    return Told(", ".join(found), "、".join(_EXCESS[each] for each in found))


def why_disabled(reason: str) -> Told:
    """Why an endpoint was disabled by the house itself."""
    return Told(reason, _WHY_DISABLED[reason])
