package main

var brokenBasics = []broken{
	{compose, "    restart: unless-stopped\n", "    restart: unless-stopped\n    restarts: 3\n", "restarts"},
	{compose, "postgres:15.18", "postgres:15", `image "postgres:15" has no exact version`},
	{compose, "temporalio/ui:2.49.1", "temporalio/ui:latest", `image "temporalio/ui:latest" has no exact version`},
	{compose, "127.0.0.1:${TEMPORAL_PORT", "${TEMPORAL_PORT", "publish it on 127.0.0.1"},
	{compose, "test: [CMD, nc, -z, localhost, \"7233\"]", "disable: true", "waits until temporal is healthy, which has no healthcheck"},
	{compose, "restart: on-failure:5", "restart: always", "which is started again for ever"},
	{compose, "{condition: service_healthy}", "{condition: service_started}", "says nothing"},
	{compose, "max-file: \"3\"", "", "its log grows for ever"},
	{compose, "memory: 512M, ", "", "its memory has no limit"},
	{compose, "  security_opt: [\"no-new-privileges:true\"]\n", "", "no-new-privileges:true, and nothing else"},
	{compose, "  read_only: true\n", "", "can be written to"},
	{compose, "cap_drop: [ALL]", "cap_drop: [NET_RAW]", "has capabilities"},
	{compose, "user: \"65532:65532\"", "user: \"0:0\"", "runs as user"},
	{compose, "./deploy/postgres.sql:", "./deploy/init.sql:", "which is not there"},
	{compose, "command: [migrate]", "command: [migrate, \"${ML_DATABASE_PASSWORD}\"]", "ML_DATABASE_PASSWORD is an argument"},
	{compose, "POSTGRES_PASSWORD: ${POSTGRES_PASSWORD:?set it in .env; cp .env.example .env makes one}", "POSTGRES_PASSWORD: secret", "postgres.POSTGRES_PASSWORD is written out"},
	{compose, "ML_LOG_LEVEL:", "ML_LOGLEVEL:", "ML_LOGLEVEL is not in .env.example"},
	{compose, "profiles: [demo]", "profiles: [other]", "undefined service"},
	{env, "# How many workers run side by side.\n", "\n", "no sentence says what ML_WORKERS is"},
	{env, "ODOO_PORT=8069\n", "", "ODOO_PORT is not in .env.example"},
	{env, "ODOO_PORT=8069\n", "ODOO_PORT=8069\nSAP_PORT=1\n", "docker-compose.yml does not use SAP_PORT"},
	{env, "ML_DATABASE_PASSWORD=", "ML_DATABASE_PASS=", "ML_DATABASE_PASSWORD"},
	{image, "alpine:3.23.4", "alpine:3", "FROM alpine:3 has no exact version"},
	{image, "USER 65532:65532\n", "", "runs as user"},
	{image, "RUN mkdir", "RUN --mount=type=secret,id=x mkdir", "is not understood"},
	{image, "COPY go.mod", "ADD go.mod", "is not understood"},
}

const keyMount, authorities = "      - key:/var/lib/ml-connector:ro\n", "      - authorities:/usr/local/share/ca-certificates:ro\n"

var brokenOrder = []broken{
	{compose, "command: [migrate]\n    depends_on:\n      postgres: {condition: service_healthy}\n", "command: [migrate]\n", "migrate: does not wait for postgres"},
	{compose, "      migrate: {condition: service_completed_successfully}\n", "", "worker: does not wait for migrate"},
	{compose, "      key: {condition: service_completed_successfully}\n", "", "worker: does not wait for key"},
	{compose, "      temporal-namespace: {condition: service_completed_successfully}\n", "", "worker: does not wait for temporal-namespace"},
	{compose, "    depends_on:\n      temporal-schema: {condition: service_completed_successfully}\n", "", "temporal: does not wait for temporal-schema"},
	{compose, "    depends_on:\n      temporal: {condition: service_healthy}\n", "", "temporal-namespace: does not wait for temporal"},
	{compose, "    depends_on:\n      postgres: {condition: service_healthy}\n", "", "temporal-schema: does not wait for postgres"},
	{compose, "      procore: {condition: service_healthy}\n", "", "demo-setup: does not wait for procore"},
	{compose, "key: {condition: service_completed_successfully}", "key: {condition: service_completed_successfully, required: false}", "starts without key too"},
}

var brokenRights = []broken{
	{compose, "    image: postgres:15.18\n", "    image: postgres:15.18\n    network_mode: host\n", "postgres: shares the machine's own (network_mode: host)"},
	{compose, "    image: postgres:15.18\n", "    image: postgres:15.18\n    pid: host\n", "postgres: shares the machine's own (pid: host)"},
	{compose, "    image: postgres:15.18\n", "    image: postgres:15.18\n    ipc: host\n", "postgres: shares the machine's own (ipc: host)"},
	{compose, "    image: temporalio/ui:2.49.1\n", "    image: temporalio/ui:2.49.1\n    privileged: true\n", "temporal-ui: has all rights of the machine"},
	{compose, "    image: temporalio/ui:2.49.1\n", "    image: temporalio/ui:2.49.1\n    cap_add: [NET_ADMIN]\n", "more capabilities than its image needs (cap_add: NET_ADMIN)"},
	{compose, "    image: temporalio/ui:2.49.1\n", "    image: temporalio/ui:2.49.1\n    devices: [/dev/kvm]\n", "has devices of the machine"},
	{compose, "\"no-new-privileges:true\"", "\"no-new-privileges:true\", \"seccomp:unconfined\"", "its security_opt is"},
	{compose, "./deploy/temporal.yaml:", "/etc/passwd:", "mounts /etc/passwd, which is not of this tree"},
	{compose, "key:/var/lib/ml-connector:ro", "key:/var/lib/ml-connector", "worker: may write to the volume key"},
	{compose, "${USER:-operator}}\n    volumes:\n      - key:/var/lib/ml-connector:ro", "${USER:-operator}}\n    volumes:\n      - key:/var/lib/ml-connector", "cli: may write to the volume key"},
	{compose, keyMount + authorities + "      - demo", "      - key:/var/lib/ml-connector\n      - demo", "demo-setup: may write to the volume key"},
}

var brokenData = []broken{
	{compose, "      - postgres:/var/lib/postgresql/data\n", "", "postgres: the volume postgres is not mounted"},
	{compose, "postgres:/var/lib/postgresql/data", "/var/lib/postgresql/data", "postgres: the volume postgres is not mounted"},
	{compose, "postgres:/var/lib/postgresql/data", "postgres:/var/lib/postgresql", "is mounted on /var/lib/postgresql, its data is in /var/lib/postgresql/data"},
	{compose, "    volumes: [\"key:/var/lib/ml-connector\"]\n", "", "key: the volume key is not mounted"},
	{compose, keyMount + authorities + "    deploy", authorities + "    deploy", "worker: the volume key is not mounted"},
	{compose, keyMount + authorities + "      - demo", "      - demo", "demo-setup: the volume key is not mounted"},
	{compose, "      ML_KEY_FILE: /var/lib/ml-connector/key.json", "      ML_KEY_FILE: /tmp/key.json", "key: ML_KEY_FILE is not in /var/lib/ml-connector"},
	{compose, "  ML_KEY_FILE: /var/lib/ml-connector/key.json", "  ML_KEY_FILE: /tmp/key.json", "worker: ML_KEY_FILE is not in /var/lib/ml-connector"},
}

var brokenSecrets = []broken{
	{compose, "${ML_DATABASE_PASSWORD:?set it in .env; cp .env.example .env makes one}", "${ML_DATABASE_PASSWORD:-secret}", "ML_DATABASE_PASSWORD can be missing, or has a default"},
	{compose, "${TEMPORAL_DATABASE_PASSWORD:?set it in .env; cp .env.example .env makes one}", "$TEMPORAL_DATABASE_PASSWORD", "TEMPORAL_DATABASE_PASSWORD can be missing"},
	{compose, "PGPASSWORD: ${ML_DATABASE_PASSWORD:?set it in .env; cp .env.example .env makes one}", "PGPASSWORD: ${TEMPORAL_PORT:-secret}", "worker.PGPASSWORD is written out"},
	{compose, "postgres://ml_connector@", "postgres://ml_connector:secret@", "worker: DATABASE_URL has a password in it"},
	{compose, "?sslmode=disable", "?sslmode=disable&password=secret", "cli: DATABASE_URL has a password in it"},
	{compose, "command: [migrate]", "command: [migrate, \"postgres://ml_connector:secret@postgres/ml_connector\"]", "migrate: a password is an argument of a command"},
	{compose, "      POSTGRES_PASSWORD:", "      POSTGRES_HOST_AUTH_METHOD: trust\n      POSTGRES_PASSWORD:", "POSTGRES_HOST_AUTH_METHOD changes who gets in"},
	{image, "ENV SSL_CERT_DIR", "ENV PGPASSWORD=secret\nENV SSL_CERT_DIR", "ENV PGPASSWORD has a value"},
	{image, "ARG VERSION=dev\nWORKDIR", "ARG VERSION=dev\nARG api_token=secret\nWORKDIR", "ARG api_token has a value"},
	{image, "ENV SSL_CERT_DIR", "ENV ENCRYPTION_KEY_2=secret\nENV SSL_CERT_DIR", "ENV ENCRYPTION_KEY_2 has a value"},
	{ignore, "\n*\n", "\n*\n!.env\n", "lets .env into the build"},
	{ignore, "\n*\n", "\n", "lets key.json into the build"},
}

var brokenHealth = []broken{
	{compose, "test: [CMD, nc, -z, localhost, \"7233\"]", "test: [CMD, \"true\"]", "temporal: its healthcheck asks nothing"},
	{compose, "test: [CMD, nc, -z, localhost, \"7233\"]", "test: exit 0", "temporal: its healthcheck asks nothing"},
	{compose, "test: [CMD, nc, -z, localhost, \"7233\"]", "test: nc -z localhost 7233 || true", "temporal: its healthcheck asks nothing"},
	{compose, "    stop_grace_period: 40s", "    healthcheck: {disable: true}\n    stop_grace_period: 40s", "worker: its healthcheck is disabled"},
	{compose, "temporalio/admin-tools:1.31.0", "temporalio/admin-tools:1.30.0", "temporal-schema: image temporalio/admin-tools:1.30.0 is of another version"},
	{compose, "temporalio/server:1.31.0", "temporalio/server:1.31.1", "temporal-namespace: image temporalio/admin-tools:1.31.0 is of another version"},
	{image, "HEALTHCHECK --interval=15s --timeout=10s --start-period=30s --retries=4 \\\n    CMD [\"wget\", \"-q\", \"-O\", \"/dev/null\", \"http://127.0.0.1:9464/metrics\"]", "HEALTHCHECK NONE", "its HEALTHCHECK asks nothing"},
	{image, "[\"wget\", \"-q\", \"-O\", \"/dev/null\", \"http://127.0.0.1:9464/metrics\"]", "exit 0", "its HEALTHCHECK asks nothing"},
}
