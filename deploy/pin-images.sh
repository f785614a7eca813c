#!/bin/sh
# Renew the digest of each image that docker-compose.yml and the Dockerfile name: to what its tag has at the registry now.
# Look at the difference, build, test, commit. Needs Docker with buildx: sh deploy/pin-images.sh
set -eu
cd "$(dirname "$0")/.."
for image in $(grep -ohE '[a-z]+:[0-9][a-z0-9.-]*@sha256:[0-9a-f]{64}' docker-compose.yml Dockerfile); do
    tag=${image%@*}
    digest=$(docker buildx imagetools inspect --format '{{.Manifest.Digest}}' "$tag")
    case $digest in sha256:*) ;; *) echo "no digest of $tag: $digest" >&2; exit 1 ;; esac
    for file in docker-compose.yml Dockerfile; do
        sed "s#$image#$tag@$digest#" "$file" > "$file.new"
        cat "$file.new" > "$file"
        rm "$file.new"
    done
    echo "$tag@$digest"
done
