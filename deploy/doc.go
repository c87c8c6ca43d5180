// Package deploy holds how the product is deployed: the image (Dockerfile), what docker-compose.yml mounts into others' images
// (postgres.sql, temporal-*.sh, temporal.yaml) and the pods of Kubernetes (kubernetes.yaml).
//
// It has tests alone. They need no Docker: tools/deploycheck/stack reads the files as Docker would, the tests carry the
// Dockerfile out in an empty folder and start each of our services with the command and the environment that the compose
// file gives it.
package deploy
