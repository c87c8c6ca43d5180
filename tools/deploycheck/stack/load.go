package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
)

// stack is the compose file as Docker would see it, with .env.example for .env.
type stack struct {
	root    string
	env     map[string]string // of .env.example
	envText []string          // its lines
	project *types.Project    // with all profiles
	raw     map[string]any    // before variables are put in
}

// load reads the file with each profile, with all of them, and with none. Without its required variables it must not load.
func load(ctx context.Context, root string) (*stack, error) {
	s := &stack{root: root}
	text, err := os.ReadFile(filepath.Join(root, ".env.example"))
	if err != nil {
		return nil, fmt.Errorf("reading the variables: %w", err)
	}
	s.envText = strings.Split(string(text), "\n")
	if s.env, err = dotenv.Parse(strings.NewReader(string(text))); err != nil {
		return nil, fmt.Errorf("reading .env.example: %w", err)
	}
	switch _, err := loader.LoadWithContext(ctx, s.details(nil)); {
	case err == nil:
		return nil, errors.New("docker-compose.yml asks for no password when there is no .env")
	case !strings.Contains(err.Error(), "PASSWORD"):
		return nil, fmt.Errorf("docker-compose.yml asks for something else than passwords when there is no .env: %w", err)
	}
	if s.raw, err = loader.LoadModelWithContext(ctx, s.details(nil), func(o *loader.Options) {
		o.SkipInterpolation, o.SkipConsistencyCheck, o.SkipNormalization, o.SkipValidation = true, true, true, true
	}); err != nil {
		return nil, fmt.Errorf("reading docker-compose.yml: %w", err)
	}
	if s.project, err = s.with(ctx, "*"); err != nil {
		return nil, err
	}
	used := map[string]bool{}
	for _, service := range s.project.Services {
		for _, profile := range service.Profiles {
			used[profile] = true
		}
	}
	profiles := slices.Sorted(maps.Keys(used))
	if len(profiles) == 0 {
		return nil, errors.New("docker-compose.yml has no profile")
	}
	for _, profile := range append(profiles, "") {
		if _, err := s.with(ctx, profile); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *stack) with(ctx context.Context, profile string) (*types.Project, error) {
	project, err := loader.LoadWithContext(ctx, s.details(s.env), loader.WithProfiles([]string{profile}))
	if err != nil {
		return nil, fmt.Errorf("reading docker-compose.yml with profile %q: %w", profile, err)
	}
	return project, nil
}

func (s *stack) details(env types.Mapping) types.ConfigDetails {
	return types.ConfigDetails{
		WorkingDir: s.root, Environment: env,
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(s.root, "docker-compose.yml")}},
	}
}
