# The operator: Node and one file, run by a user that is not root, on a base that has neither shell nor package manager.
# The console likewise, with its pages.
#
#   docker build -t registry.example.com/neuro-operator:0.1.0 .
#   docker build -t registry.example.com/neuro-console:0.1.0 --target console .
#
# tools/devcluster makes the same images without Docker and registry for the tests; a test compares how both are started.

# Of one Debian release, so that node finds the libraries that it was linked with. By the digests of indexes, which have all processors: a tag
# can be moved. To renew one: docker buildx imagetools inspect node:24-bookworm-slim
ARG NODE_IMAGE=node:24.21.0-bookworm-slim@sha256:d6aa754f16b3197301076f047b5def2f02ea1dbbc2ca920407d46d7ec7f87b20
ARG BASE_IMAGE=gcr.io/distroless/cc-debian12:nonroot@sha256:9dac0a79194e45a7da0158a9c6da57b217585af0786db3845d1f0ec1a0dd182f

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
# From the lock file alone, and no script of a package runs.
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY scripts scripts
COPY src src
RUN node scripts/build.ts

FROM build AS pages
RUN node scripts/build-console.ts

FROM ${BASE_IMAGE} AS console
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /src/dist/console.mjs /app/console.mjs
COPY --from=pages /src/dist/console /app/console
COPY LICENSE /app/LICENSE
ENV PATH=/usr/local/bin:/usr/bin:/bin \
    NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    MALLOC_TRIM_THRESHOLD_=65536 \
    MALLOC_MMAP_THRESHOLD_=32768
USER 65532:65532
WORKDIR /app
ENTRYPOINT ["/usr/local/bin/node", "--max-semi-space-size=4", "--heap-growing-percent=30", "--liftoff-only", "--disable-warning=ExperimentalWarning", "--disable-warning=DEP0040", "/app/console.mjs"]

FROM ${BASE_IMAGE} AS operator
COPY --from=build /usr/local/bin/node /usr/local/bin/node
COPY --from=build /src/dist/operator.mjs /app/operator.mjs
COPY LICENSE /app/LICENSE
# The allocator's part of the small memory (docs/performance.md); Node's own is in the command below.
ENV PATH=/usr/local/bin:/usr/bin:/bin \
    NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    MALLOC_TRIM_THRESHOLD_=65536 \
    MALLOC_MMAP_THRESHOLD_=32768
USER 65532:65532
WORKDIR /app
ENTRYPOINT ["/usr/local/bin/node", "--max-semi-space-size=4", "--heap-growing-percent=30", "--liftoff-only", "--disable-warning=ExperimentalWarning", "--disable-warning=DEP0040", "/app/operator.mjs"]
