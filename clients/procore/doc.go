// Package procore is a client for the part of the Procore REST API that an ERP needs: vendors,
// codes, commitments (purchase order contracts), requisitions (subcontractor invoices) and direct costs.
//
// It is shaped like google/go-github: one service and one small file per resource, one shared transport.
// Every method takes a context and returns the decoded answer, a [Response] with rate and page, and an error.
//
// # What it promises
//
//   - One HTTP request per call of a method that writes. The only repetition is a single one after a 401,
//     with a new token and the same X-Request-Id. Nothing else is ever retried here.
//   - Every request asks the [Gate] first and tells it the rate headers afterwards. Every page of a list is a request.
//   - Every request carries Procore-Company-Id, a timeout and a limit on the size of the answer.
//   - Next links are followed on the host of the API only. Redirects are not followed.
//   - Tokens and secrets appear in no error and no log line.
//
// # When it fails
//
// [Classify] tells what to do with an error. The types behind it are [ErrorResponse] (Procore refused),
// [RateLimitError], [UnavailableError], [NetworkError] (no answer), [DecodeError] (answer not understood),
// [DeferredError] (the gate said later) and [UnknownOutcomeError] (a sync answer that does not name a record).
// A write whose answer was lost is [Ambiguous]: look the record up by its origin id before sending it again.
package procore
