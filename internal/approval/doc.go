// Package approval says who decided what, so that it can be proved later.
package approval
