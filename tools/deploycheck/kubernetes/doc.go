// Command kubernetes reads a file of Kubernetes objects strictly, with Kubernetes' own types, and refuses unknown keys, kinds
// that it does not expect, images without an exact version or of several, containers with rights that ours do not need,
// ConfigMaps and ports that are named and not there, and secrets that are written out.
//
//	go -C tools/deploycheck run ./kubernetes FILE
//
// It is apart from stack because it takes long to build.
package main
