#!/bin/sh
# Print each image of docker-compose.yml and the Dockerfile with the digest that its tag has at the registry now, as
# lines for .env: sh deploy/pin-images.sh >> .env
set -eu
for pair in POSTGRES_IMAGE=postgres:18 REDIS_IMAGE=redis:8 NGINX_IMAGE=nginx:1.28 PYTHON_IMAGE=python:3.13-slim; do
    image=${pair#*=}
    digest=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$image")
    printf '%s=%s@%s\n' "${pair%%=*}" "$image" "$digest"
done
