// Package faultproxy stands between a program and one of the servers that it talks to, and goes wrong on order: it stops,
// delays or cuts a connection at a message, before or after the message's effect, or signals a process at that moment. It
// is for tests.
//
//	proxy, err := faultproxy.Start(faultproxy.Postgres, "127.0.0.1:5432")
//	proxy.SetRule(func(at faultproxy.Moment, m faultproxy.Message) faultproxy.Action {
//		if at == faultproxy.After && strings.HasPrefix(m.Text, "INSERT INTO sends") {
//			return faultproxy.Action{Signal: syscall.SIGKILL, PID: worker, Cut: true}
//		}
//		return faultproxy.Action{}
//	})
//
// # What a message is
//
//   - HTTP (version 1, cleartext): a request, "PATCH /rest/v1.0/vendors/sync". It is read whole before Before and goes to
//     the target even if the client has left meanwhile, as a packet does that was on its way. Its answer is read whole
//     before After.
//   - Postgres (protocol version 3): one execution of SQL, by a simple Query or by Execute; the text is that of the
//     statement that was prepared. The effect of a statement outside a transaction comes with the end of its pipeline
//     (Sync), so its answer is everything until ReadyForQuery. What the client asks for by Flush passes at once. TLS is
//     declined; cancel requests pass. COPY FROM STDIN passes when it is a simple Query, as pgx sends it.
//   - GRPC (cleartext HTTP/2): a call, "/temporal.api.workflowservice.v1.WorkflowService/PollWorkflowTaskQueue". Streams
//     flow both ways; a call that the client gives up is given up at the target. Its answer begins with its header,
//     which a unary server sends after the work.
//
// Messages are counted from 1 over all connections of a proxy.
//
// # Failure
//
// A target that cannot be reached, or cuts its answer short, cuts the client's connection: a proxy never answers on
// behalf of its target. A signal that could not be sent is an error of Close.
package faultproxy
