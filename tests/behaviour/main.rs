//! What a server does, seen from outside: one module a subject.

#[cfg(test)]
mod boot;
#[cfg(test)]
mod extract_body;
#[cfg(test)]
mod extract_limit;
#[cfg(test)]
mod extract_parts;
#[cfg(test)]
mod forms;
#[cfg(test)]
mod http2;
#[cfg(test)]
mod layers;
#[cfg(test)]
mod life;
#[cfg(test)]
mod live;
#[cfg(test)]
mod live_requests;
#[cfg(test)]
mod matching;
#[cfg(test)]
mod mechanism;
#[cfg(test)]
mod methods;
#[cfg(test)]
mod options;
#[cfg(test)]
mod panics;
#[cfg(test)]
mod problems;
#[cfg(test)]
mod replies;
#[cfg(test)]
mod streams;
#[cfg(test)]
mod stress;
#[cfg(test)]
mod support;
#[cfg(test)]
mod trailing_slash;
