package telemetry

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// wanted are the signals that the environment asks for.
type wanted struct{ traces, metrics bool }

// choices are the variables of the OpenTelemetry specification with a closed set of values, as autoexport knows them.
var choices = []struct {
	variable string
	values   []string
}{
	{"OTEL_TRACES_EXPORTER", []string{"otlp", "console", "none"}},
	{"OTEL_METRICS_EXPORTER", []string{"otlp", "prometheus", "console", "none"}},
	{"OTEL_EXPORTER_OTLP_PROTOCOL", []string{"http/protobuf", "grpc"}},
	{"OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", []string{"http/protobuf", "grpc"}},
	{"OTEL_EXPORTER_OTLP_METRICS_PROTOCOL", []string{"http/protobuf", "grpc"}},
}

// endpoints are the variables that hold a URL.
var endpoints = []string{"OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"}

// read says what is wanted. The specification sends to localhost when nothing is set; here that means off. Errors name
// the variable; a value that may hold a password is not repeated.
func read(environ map[string]string) (wanted, error) {
	for _, c := range choices {
		if value := environ[c.variable]; value != "" && !slices.Contains(c.values, value) {
			return wanted{}, fmt.Errorf("%s: %q is not known; use %s", c.variable, value, strings.Join(c.values, ", "))
		}
	}
	for _, variable := range endpoints {
		if value := environ[variable]; value != "" && !isEndpoint(value) {
			return wanted{}, fmt.Errorf("%s is no address of a collector; write http://host:4318", variable)
		}
	}
	if strings.EqualFold(environ["OTEL_SDK_DISABLED"], "true") {
		return wanted{}, nil
	}
	asked := func(signal string) bool {
		exporter := environ["OTEL_"+signal+"_EXPORTER"]
		if exporter != "" {
			return exporter != "none"
		}
		return environ["OTEL_EXPORTER_OTLP_ENDPOINT"] != "" || environ["OTEL_EXPORTER_OTLP_"+signal+"_ENDPOINT"] != ""
	}
	return wanted{traces: asked("TRACES"), metrics: asked("METRICS")}, nil
}

func isEndpoint(value string) bool {
	u, err := url.Parse(value)
	return err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != ""
}
