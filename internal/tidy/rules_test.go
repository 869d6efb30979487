package tidy

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
)

// goRules are what is asked of every Go file.
var goRules = []func(goFile) []finding{
	noFloats,
	noInit,
	noDrawers,
	noClock,
	noProcess,
	noPanic,
	noSkip,
	shortFiles,
	shortFunctions,
}

// lineRules are what is asked of every line of every text file.
var lineRules = []func(name, line string) string{
	nothingLeftToDo,
	noSecrets,
	britishSpelling,
	noMachine,
}

// exactRooms hold money or decide about it. Table is none of them: what stands in
// a workbook is a binary fraction, and the shortest text of it is found there.
var exactRooms = []string{"internal/money", "internal/ledger", "internal/payment", "internal/matcher",
	"internal/statute", "internal/enkash", "internal/enkash/sandbox", "internal/party", "internal/period", "internal/job", "internal/history", "internal/submit"}

func noFloats(f goFile) []finding {
	if f.inTest || !slices.Contains(exactRooms, f.room) {
		return nil
	}
	var found []finding
	for _, decl := range f.ast.Decls {
		if line, ok := floatIn(f, decl); ok {
			found = append(found, finding{line, "float64 in " + f.room + ": 0.1 + 0.2 is not 0.3 there; count paise, or parts of a million"})
		}
	}
	return found
}

// floatIn finds the first floating-point type or conversion of a declaration.
func floatIn(f goFile, decl ast.Decl) (line int, found bool) {
	ast.Inspect(decl, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		if ok && !found {
			switch id.Name {
			case "float64", "float32", "ParseFloat", "Float64", "InexactFloat64", "Float64frombits":
				line, found = f.files.Position(id.Pos()).Line, true
			}
		}
		return !found
	})
	return line, found
}

func noInit(f goFile) []finding {
	var found []finding
	for _, fn := range functions(f) {
		if fn.Recv == nil && fn.Name.Name == "init" {
			found = append(found, at(f, fn, "func init runs before anyone asked: let main build what it needs"))
		}
	}
	return found
}

func noDrawers(f goFile) []finding {
	name := strings.TrimSuffix(f.ast.Name.Name, "_test")
	if slices.Contains([]string{"util", "utils", "common", "helper", "helpers", "types", "models", "misc", "base"}, name) {
		return []finding{at(f, f.ast.Name, "package "+name+" is a drawer: name a package for what it knows")}
	}
	return nil
}

// noClock: dates are parameters. A program that asks for the time in its middle
// gives another answer tomorrow for the same night.
func noClock(f goFile) []finding {
	if f.inTest || isDoorway(f) {
		return nil
	}
	return selectors(f, map[string]string{
		"time.Now":   "time.Now outside cmd: take the date, or a clock, as a parameter",
		"time.Since": "time.Since outside cmd: take a clock as a parameter",
		"time.Until": "time.Until outside cmd: take a clock as a parameter",
	})
}

// noProcess: main alone knows that there is a process around the program.
func noProcess(f goFile) []finding {
	if f.inTest || isDoorway(f) {
		return nil
	}
	const remedy = " below cmd: return an error, take it as a parameter"
	what := map[string]string{}
	for _, name := range []string{"os.Exit", "os.Args", "os.Getenv", "os.LookupEnv", "os.Environ", "os.Stdout", "os.Stderr", "os.Stdin",
		"log.Fatal", "log.Fatalf", "log.Fatalln", "log.Printf", "log.Println", "fmt.Print", "fmt.Println", "fmt.Printf"} {
		what[name] = name + remedy
	}
	return selectors(f, what)
}

// isDoorway tells whether the file is of a program, and not of what programs are
// made of.
func isDoorway(f goFile) bool { return f.ast.Name.Name == "main" }

func noPanic(f goFile) []finding {
	if f.inTest {
		return nil
	}
	var found []finding
	ast.Inspect(f.ast, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "panic" {
			line := f.files.Position(call.Pos()).Line
			if !strings.Contains(f.lines[line-1], "unreachable") && (line < 2 || !strings.Contains(f.lines[line-2], "// unreachable")) {
				found = append(found, finding{line, "panic: return an error; or say that it is unreachable, and why"})
			}
		}
		return true
	})
	return found
}

// noSkip: a skipped test looks like a passed one. What needs real files stands
// behind a build tag instead, and fails without them.
func noSkip(f goFile) []finding {
	var found []finding
	ast.Inspect(f.ast, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && f.inTest {
			if id, ok := sel.X.(*ast.Ident); ok && (id.Name == "t" || id.Name == "b" || id.Name == "tb") && strings.HasPrefix(sel.Sel.Name, "Skip") {
				found = append(found, at(f, sel, "a skipped test looks like a passed one: make it run, or give it a build tag"))
			}
		}
		return true
	})
	return found
}

// A file of more than 600 lines knows more than one thing.
const maxFileLines = 600

func shortFiles(f goFile) []finding {
	if n := len(f.lines); !f.inTest && n > maxFileLines {
		return []finding{{n, fmt.Sprintf("%d lines: a file of more than %d knows more than one thing", n, maxFileLines)}}
	}
	return nil
}

// A function of more than 120 lines cannot be seen at once on any screen.
const maxFunctionLines = 120

func shortFunctions(f goFile) []finding {
	if f.inTest {
		return nil
	}
	var found []finding
	for _, fn := range functions(f) {
		n := f.files.Position(fn.End()).Line - f.files.Position(fn.Pos()).Line + 1
		if n > maxFunctionLines {
			found = append(found, at(f, fn, fmt.Sprintf("%s has %d lines: more than %d cannot be seen at once", fn.Name.Name, n, maxFunctionLines)))
		}
	}
	return found
}

// The words themselves are put together here, so that this file may stand in the
// project that it searches.
var (
	leftToDo = regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME|XX` + `X:)`)
	secrets  = regexp.MustCompile(`BEGIN [A-Z ]*PRIVATE K` + `EY|AK` + `IA[0-9A-Z]{16}|gh[pousr]` + `_[A-Za-z0-9]{30,}|xox[abprs]` + `-[0-9]{8,}|Bearer [A-Za-z0-9._-]{24,}`)
	american = regexp.MustCompile(`(?i)\b(nor` + `maliz|recog` + `niz|summa` + `riz|behav` + `ior|fav` + `or(ite|able)?\b)`)
	machine  = regexp.MustCompile(`/wo` + `rk/|shared/sp` + `ec|/tmp/br` + `ief`)
)

func nothingLeftToDo(_, line string) string {
	if word := leftToDo.FindString(line); word != "" {
		return word + ": do it, or write an issue"
	}
	return ""
}

func noSecrets(_, line string) string {
	if secrets.MatchString(line) {
		return "this looks like a secret: invent one that no scanner would take for real"
	}
	return ""
}

func britishSpelling(name, line string) string {
	if path.Base(name) == "LICENSE" {
		return ""
	}
	if word := american.FindString(line); word != "" {
		return fmt.Sprintf("%q: the house spells as accountants in India do", word)
	}
	return ""
}

// noMachine: a path of the machine on which something was written means nothing
// on the next one.
func noMachine(_, line string) string {
	if where := machine.FindString(line); where != "" {
		return fmt.Sprintf("%q is a place on somebody's machine", where)
	}
	return ""
}

func functions(f goFile) []*ast.FuncDecl {
	var all []*ast.FuncDecl
	for _, decl := range f.ast.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			all = append(all, fn)
		}
	}
	return all
}

// selectors finds uses of the given package.Name selectors.
func selectors(f goFile, what map[string]string) []finding {
	var found []finding
	ast.Inspect(f.ast, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if id, ok := sel.X.(*ast.Ident); ok {
			if text := what[id.Name+"."+sel.Sel.Name]; text != "" {
				found = append(found, at(f, sel, text))
			}
		}
		return true
	})
	return found
}

func at(f goFile, n ast.Node, what string) finding {
	return finding{f.files.Position(n.Pos()).Line, what}
}

func declName(decl ast.Decl) string {
	switch d := decl.(type) {
	case *ast.FuncDecl:
		return d.Name.Name
	case *ast.GenDecl:
		if d.Tok == token.TYPE {
			return d.Specs[0].(*ast.TypeSpec).Name.Name
		}
	}
	return "declaration"
}
