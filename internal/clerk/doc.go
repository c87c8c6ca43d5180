// Package clerk writes into an Odoo sandbox what people write into an Odoo, and reads it, in the words of version 19: the
// models, fields and values that version has. In a server of version 14 the clerk writes what a firm has there instead:
//
//   - Groups of analytic accounts stand for plans.
//   - A line has one analytic account, and tags that distribute. What a share joins, "35,36", is two dimensions there: the
//     account of the first plan is the line's own; each further plan has a tag. An account that does not have all of the
//     line comes from a tag too. A distribution that is not the product of its dimensions cannot be said, and is an error.
//   - An order's line has no discount: the price is net, and the firm's accuracy of prices fine enough for it.
//   - An order's line is not marked as a down payment. It has no quantity, and so it costs nothing there either.
//   - A ledger account belongs to one company ([Clerk.SharesAccounts]), and its type is a record.
//
// It knows nothing of the product. A failure is that of the server, or says what version 14 cannot hold.
package clerk
