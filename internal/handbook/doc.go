// Package handbook runs the command blocks of README.md and docs/ as they are printed, in the order of reading: a newcomer's
// day against two sandboxes, with what the text leaves open (addresses, secrets, names of documents) filled in. What takes
// too long for a test (make demo, make crash) is run dry, with its flags looked at. A block that nobody knows how to run
// fails the test, and so does a recipe without a block.
package handbook
