//! What a server does, seen from outside: one module a subject.

#[cfg(test)]
mod attributes;
#[cfg(test)]
mod attributes_modules;
#[cfg(test)]
mod blocking;
#[cfg(test)]
mod boot;
#[cfg(test)]
mod carried;
#[cfg(test)]
mod conformance_http1;
#[cfg(test)]
mod conformance_http2;
#[cfg(test)]
mod extract_body;
#[cfg(test)]
mod extract_json;
#[cfg(test)]
mod extract_limit;
#[cfg(test)]
mod extract_parts;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod forms_shapes;
#[cfg(test)]
mod heads;
#[cfg(test)]
mod http2;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod layers_modules;
#[cfg(test)]
mod layers_tower;
#[cfg(test)]
mod life;
#[cfg(test)]
mod limits_head;
#[cfg(test)]
mod limits_http2;
#[cfg(test)]
mod limits_hyper;
#[cfg(test)]
mod limits_leave;
#[cfg(test)]
mod limits_rest;
#[cfg(test)]
mod limits_settable;
#[cfg(test)]
mod limits_slow;
#[cfg(test)]
mod limits_work;
#[cfg(test)]
mod listeners;
#[cfg(test)]
mod live;
#[cfg(test)]
mod live_requests;
#[cfg(test)]
mod live_update;
#[cfg(test)]
mod matching;
#[cfg(test)]
mod mechanism;
#[cfg(test)]
mod methods;
#[cfg(test)]
mod mixed;
#[cfg(test)]
mod options;
#[cfg(test)]
mod panics;
#[cfg(test)]
mod problems;
#[cfg(test)]
mod proxy_protocol;
#[cfg(test)]
mod replies;
#[cfg(test)]
mod replies_macro;
#[cfg(test)]
mod reviewed;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod stress;
#[cfg(test)]
mod support;
#[cfg(test)]
mod tls;
#[cfg(test)]
mod tls_boot;
#[cfg(test)]
mod tls_certificates;
#[cfg(test)]
mod tls_refused;
#[cfg(test)]
mod tls_serve;
#[cfg(test)]
mod trailing_slash;
#[cfg(test)]
#[cfg(unix)]
mod unix;
