//go:build !linux || !(amd64 || arm64)

package proof

import (
	"errors"
	"os"
)

// failsCalls tells whether the tracer can let a call fail on this machine.
const failsCalls = false

// trace is only known for Linux on machines that its tables name.
func trace([]string, []string, string, *os.File, *os.File, func(boundary) order) (pid, code int, err error) {
	return 0, 0, errors.ErrUnsupported
}
