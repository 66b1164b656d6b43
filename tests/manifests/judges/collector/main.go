// Reads a configuration of Grafana Alloy, and writes what is wrong with it: its syntax, components that are named twice,
// and references to components that are not there.
package main

import (
	"fmt"
	"io"
	"log"
	"os"
	"strings"

	"github.com/grafana/alloy/syntax/ast"
	"github.com/grafana/alloy/syntax/parser"
)

func main() {
	text, err := io.ReadAll(os.Stdin)
	if err != nil {
		log.Fatal(err)
	}
	file, err := parser.ParseFile("config.alloy", text)
	if err != nil {
		log.Fatal(err)
	}
	components := map[string]bool{}
	for _, statement := range file.Body {
		if block, ok := statement.(*ast.BlockStmt); ok && block.Label != "" {
			name := strings.Join(block.Name, ".") + "." + block.Label
			if components[name] {
				log.Fatalf("%s is there twice", name)
			}
			components[name] = true
		}
	}
	visitor := &references{components: components}
	ast.Walk(visitor, file)
	if visitor.dangling != "" {
		log.Fatalf("nothing is called %s", visitor.dangling)
	}
	fmt.Println(len(components))
}

type references struct {
	components map[string]bool
	dangling   string
}

func (r *references) Visit(node ast.Node) ast.Visitor {
	access, ok := node.(*ast.AccessExpr)
	if !ok {
		return r
	}
	path := pathOf(access)
	for name := range r.components {
		if strings.HasPrefix(path, name+".") {
			return nil
		}
	}
	r.dangling = path
	return nil
}

// pathOf joins the names of `a.b.c`.
func pathOf(expression ast.Expr) string {
	switch part := expression.(type) {
	case *ast.AccessExpr:
		return pathOf(part.Value) + "." + part.Name.Name
	case *ast.IdentifierExpr:
		return part.Ident.Name
	default:
		return ""
	}
}
