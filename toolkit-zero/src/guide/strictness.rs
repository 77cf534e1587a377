//! What a server takes of HTTP/1.1 and HTTP/2, what it refuses, and by which section of which RFC.
//!
//! There is one parser, hyper's. What it refuses is answered with an empty body, and the connection is closed; what it leaves
//! to a server is refused by this crate with a [problem document](crate::reply::Problem), and the connection goes on. A test
//! over raw sockets pins each line.
//!
//! # Refused by hyper
//!
//! | sent | answer | by |
//! |---|---|---|
//! | a head that is none: no version, control characters in a name or a value, white space before the colon | 400, close | RFC 9112 sections 2.2, 3 and 5.1 |
//! | a field folded over two lines | 400, close | RFC 9112 section 5.2 |
//! | several lengths that differ, or one that is no number | 400, close | RFC 9112 section 6.3 |
//! | a chunk whose size is no number, or that is longer than it says | 400, close | RFC 9112 section 7.1 |
//! | a head over 64 KiB (`Limits::head`) or with more than 100 field lines | 431, close | RFC 6585 section 5 |
//! | a head that does not end in time (`Limits::header_read`) | 408, close | RFC 9110 section 15.5.9 |
//!
//! # Taken, though it could be refused
//!
//! | sent | what happens | by |
//! |---|---|---|
//! | lines that end with a bare LF | read as if CR LF | RFC 9112 section 2.2 allows it |
//! | empty lines before a request | skipped | RFC 9112 section 2.2 asks for it |
//! | `Content-Length` beside `Transfer-Encoding: chunked` | the chunks count, and the connection is closed after the answer, so that nothing behind can be taken for a request | RFC 9112 section 6.3 |
//! | requests before the answer to the last (pipelining) | answered in order | RFC 9112 section 9.3.2 |
//! | HTTP/1.0 | answered, and closed unless `Connection: keep-alive` is sent | RFC 9112 section 9.3 |
//! | `Expect: 100-continue` | `100 Continue` when the body is first read, never if it is not | RFC 9110 section 10.1.1 |
//! | a body that ends before its length | the handler's read fails; it is never taken for whole | RFC 9112 section 8 |
//!
//! # Refused by this crate
//!
//! | sent | answer | by |
//! |---|---|---|
//! | HTTP/1.1 without `Host`, any with several or an invalid one | 400 | RFC 9112 section 3.2 |
//! | a target in absolute form, or `:authority`, that `Host` contradicts | 400 | RFC 9112 section 3.2.2 would have `Host` ignored, RFC 9113 section 8.3.1 calls it malformed; who sends both is confused, or an attacker |
//! | user information in the target | 400 | RFC 9110 section 4.2.4 |
//! | a target that is neither a path nor a URI, `*` without `OPTIONS` | 400 | RFC 9112 section 3.2 |
//! | a path with a percent escape that is none, or that is not UTF-8 | 400 | RFC 3986 section 2.1 |
//! | a target over 8 KiB (`Limits::target`) | 414 | RFC 9110 section 15.5.15 |
//! | more field lines than `Limits::headers` | 431 | RFC 6585 section 5 |
//! | a transfer coding other than `chunked` | 501 | RFC 9112 section 6.1 |
//! | `chunked` twice | 400 | RFC 9112 section 6.1 |
//! | `CONNECT` (but for WebSockets over HTTP/2, RFC 8441) and `TRACE` | 501 | RFC 9110 section 9.1 |
//!
//! # HTTP/2
//!
//! | sent | what happens | by |
//! |---|---|---|
//! | a frame that cannot be read, or has no place where it stands | `GOAWAY`, mostly `PROTOCOL_ERROR` whatever code is more specific | RFC 9113 sections 5.4.1 and 7 |
//! | a head that is malformed: missing or repeated pseudo-fields, `Connection`, a body of another length | its stream is reset with `PROTOCOL_ERROR` | RFC 9113 section 8.1.1 |
//! | a name with capitals, a value with a line break | `GOAWAY` with `PROTOCOL_ERROR` | RFC 9113 section 8.2.1; h2 cannot read the block |
//! | more streams at once than `Limits::http2_streams` | the stream is reset with `REFUSED_STREAM` | RFC 9113 section 5.1.2 |
//! | a header list over `Limits::http2_header_list` | 431, the connection goes on | RFC 9113 section 10.5.1 |
//! | `CONTINUATION` without end | the connection is ended | RFC 9113 section 10.5 |
//! | streams opened and reset in numbers (`Limits::http2_resets`) | `ENHANCE_YOUR_CALM` | RFC 9113 section 10.5 |
//! | a body that stands still | 408 to its stream, the others go on | RFC 9110 section 15.5.9 |
//! | no window for an answer (`Limits::stall`, `rate`, `grace`) | the stream is reset, the others go on | RFC 9113 sections 5.2 and 10.5 |
