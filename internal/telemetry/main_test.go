package telemetry_test

import (
	"testing"

	"github.com/ml-connector/odoo-procore/internal/devenv/devtest"
)

func TestMain(m *testing.M) { devtest.Main(m) }
