#!/bin/sh
# Makes the namespace TEMPORAL_NAMESPACE with the connector's search attributes; does nothing where they are there. The parts
# of a server hear of a new namespace or attribute some seconds later, so each step waits until it has arrived.
set -eu

patiently() {
    tries=0
    until said=$("$@" 2>&1); do
        tries=$((tries + 1))
        if [ "$tries" -ge 120 ]; then
            echo "$* has not succeeded for two minutes: $said" >&2
            exit 1
        fi
        sleep 1
    done
}

temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
    temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d
patiently temporal operator search-attribute list --namespace "$TEMPORAL_NAMESPACE"

for name in Tenant OdooModel OdooRef Outcome Cause ProcoreProject; do
    temporal operator search-attribute create --namespace "$TEMPORAL_NAMESPACE" --name "$name" --type Keyword
done
patiently temporal workflow count --namespace "$TEMPORAL_NAMESPACE" --query 'ProcoreProject = "none"'
