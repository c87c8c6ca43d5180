package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// dockerfile is what a test needs to carry the build out.
type dockerfile struct {
	Stages []stage
}

type stage struct {
	Name  string `json:"name"`
	Base  string `json:"base"`
	Steps []step `json:"steps"`
}

// step is one instruction: its name and, by its kind, what it says. Variables are not put in.
type step struct {
	Do    string   `json:"do"`
	Args  []string `json:"args"`            // ARG: NAME=default; ENV: NAME=value; COPY: sources, then the destination; RUN: the command; HEALTHCHECK: CMD and its words
	From  string   `json:"from,omitempty"`  // COPY: the stage
	Chown string   `json:"chown,omitempty"` // COPY: the owner
}

func readDockerfile(root string) (*dockerfile, error) {
	file, err := os.Open(filepath.Join(root, "deploy", "Dockerfile"))
	if err != nil {
		return nil, fmt.Errorf("opening the Dockerfile: %w", err)
	}
	defer func() { _ = file.Close() }()
	ast, err := parser.Parse(file)
	if err != nil {
		return nil, fmt.Errorf("deploy/Dockerfile: %w", err)
	}
	stages, metaArgs, err := instructions.Parse(ast.AST, nil)
	switch {
	case err != nil:
		return nil, fmt.Errorf("deploy/Dockerfile: %w", err)
	case len(ast.Warnings) > 0:
		return nil, fmt.Errorf("deploy/Dockerfile: %s", ast.Warnings[0].Short)
	case len(metaArgs) > 0:
		return nil, fmt.Errorf("deploy/Dockerfile: ARG before FROM is not understood here")
	}
	d := &dockerfile{}
	for _, from := range stages {
		one := stage{Name: from.Name, Base: from.BaseName}
		for _, command := range from.Commands {
			did, err := read(command)
			if err != nil {
				return nil, fmt.Errorf("deploy/Dockerfile:%d: %w", command.Location()[0].Start.Line, err)
			}
			one.Steps = append(one.Steps, did)
		}
		d.Stages = append(d.Stages, one)
	}
	return d, nil
}

// read refuses instructions that the test of the build would not carry out as Docker does.
func read(command instructions.Command) (step, error) {
	s := step{Do: strings.ToUpper(command.Name())}
	switch c := command.(type) {
	case *instructions.ArgCommand:
		for _, arg := range c.Args {
			if arg.Value == nil {
				s.Args = append(s.Args, arg.Key)
			} else {
				s.Args = append(s.Args, arg.Key+"="+*arg.Value)
			}
		}
	case *instructions.EnvCommand:
		for _, pair := range c.Env {
			if strings.ContainsAny(pair.Value, `$"'\`) {
				return s, fmt.Errorf("ENV %s with quotes or variables is not understood here", pair.Key)
			}
			s.Args = append(s.Args, pair.Key+"="+pair.Value)
		}
	case *instructions.WorkdirCommand:
		s.Args = []string{c.Path}
	case *instructions.CopyCommand:
		if len(c.SourceContents) > 0 || len(c.ExcludePatterns) > 0 || c.Parents {
			return s, fmt.Errorf("this form of COPY is not understood here")
		}
		s.Args, s.From, s.Chown = append(c.SourcePaths, c.DestPath), c.From, c.Chown
	case *instructions.RunCommand:
		if !c.PrependShell || len(c.Files) > 0 || len(c.CmdLine) != 1 {
			return s, fmt.Errorf("this form of RUN is not understood here")
		}
		if err := c.Expand(func(word string) (string, error) { return word, nil }); err != nil {
			return s, err
		}
		for _, mount := range instructions.GetMounts(c) {
			if mount.Type != instructions.MountTypeCache {
				return s, fmt.Errorf("RUN --mount=type=%s is not understood here", mount.Type)
			}
		}
		s.Args = c.CmdLine
	case *instructions.UserCommand:
		s.Args = []string{c.User}
	case *instructions.EntrypointCommand:
		s.Args = c.CmdLine
	case *instructions.CmdCommand:
		s.Args = c.CmdLine
	case *instructions.HealthCheckCommand:
		s.Args = c.Health.Test
	case *instructions.LabelCommand, *instructions.ExposeCommand: // nothing to carry out
	default:
		return s, fmt.Errorf("%s is not understood here", s.Do)
	}
	return s, nil
}

// check looks at what the image would be.
func (d *dockerfile) check() []error {
	var wrong []error
	add := func(format string, args ...any) {
		wrong = append(wrong, fmt.Errorf("deploy/Dockerfile: "+format, args...))
	}
	if len(d.Stages) == 0 {
		add("it has no stage")
		return wrong
	}
	for _, s := range d.Stages {
		if !exact.MatchString(s.Base) {
			add("FROM %s has no exact version", s.Base)
		}
		for _, one := range s.Steps {
			if name := one.secret(); name != "" {
				add("%s %s has a value, which whoever has the image can read", one.Do, name)
			}
		}
	}
	said := map[string][]string{}
	for _, s := range d.Stages[len(d.Stages)-1].Steps {
		said[s.Do] = append(said[s.Do], s.Args...)
	}
	if user := said["USER"]; len(user) != 1 || strings.HasPrefix(user[0], "0") || strings.HasPrefix(user[0], "root") {
		add("the image runs as user %q", user)
	}
	for _, must := range []string{"ENTRYPOINT", "HEALTHCHECK", "LABEL"} {
		if _, ok := said[must]; !ok {
			add("the image has no %s", must)
		}
	}
	if health, ok := said["HEALTHCHECK"]; ok && !asks(health) {
		add("its HEALTHCHECK asks nothing of it on 127.0.0.1")
	}
	return wrong
}

// secret is the variable of a step that has a value and the name of a secret.
func (s step) secret() string {
	if s.Do != "ARG" && s.Do != "ENV" {
		return ""
	}
	for _, pair := range s.Args {
		name, value, _ := strings.Cut(pair, "=")
		upper := strings.ToUpper(name)
		key := strings.Contains(upper, "KEY") && !strings.HasSuffix(upper, "_FILE")
		if value != "" && (key || secretName.MatchString(upper)) {
			return name
		}
	}
	return ""
}
