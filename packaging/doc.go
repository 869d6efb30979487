// Package packaging holds what an operator installs, and tests it: systemd units,
// a crontab line, a manifest for Kubernetes, packages and an image. It is a module
// of its own, so that the tools by which they are made and checked are no part of
// the program; go.mod pins them.
//
//	build       makes dist/: archives, deb, rpm, what they are made of, checksums
//	check       installs what build made and tries it, where it may
//	nfpm.yaml   what lies where in the deb and the rpm
//	systemd/    units, timer, login and folders; etc/ the first configuration
//	container/  the image: one program on an empty disk
//	sbom/       lists the modules in a program
//
// Nothing here knows what the program does beyond its command line, its exit codes
// and its configuration.
package packaging
