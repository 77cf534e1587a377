//! `Path<T>`: all captures of a route, by name into a struct or by position into a tuple.

use std::any::type_name;
use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, Deserializer, Visitor};
use serde_path_to_error::Segment;

use super::path_value::Value;
use super::{FromRequest, Input, Request};
use crate::reply::{InputError, Problem};

/// All captures of the route: a struct takes them by name, a tuple or a `Vec` by position, a single value the only one.
///
/// An argument named like a capture (`id: u64` for `{id}`) is shorter; this is for many captures, for routes made by
/// [`ServerMechanism`](crate::declare::ServerMechanism), and for those who come from axum.
///
/// ```
/// use serde::Deserialize;
/// use toolkit_zero::prelude::*;
///
/// #[derive(Deserialize)]
/// struct Place { team: String, member: u32 }
///
/// #[get("/teams/{team}/members/{member}")]
/// async fn member(Path(place): Path<Place>) -> String {
///     format!("{} of {}", place.member, place.team)
/// }
/// # fn main() {}
/// ```
///
/// # Refusals
/// 400 with the name of the capture that does not parse. A type that asks for other captures than the pattern has is a logged
/// 500. A `PathBuf` is checked as [`FromRest`](super::FromRest) says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Path<T>(pub T);

impl<T: Input> FromRequest for Path<T> {
    type Rejection = Problem;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        let Some(route) = request.route().map(Arc::clone) else {
            return Err(Problem::internal("this request was matched by no route"));
        };
        let last = request.captures().len().wrapping_sub(1);
        let entries = (0..request.captures().len()).filter_map(|index| {
            let value = if route.rest && index == last {
                Value::of_rest(request.raw_capture(index)?)
            } else {
                Value::of_segment(request.capture(index)?)
            };
            Some((route.names.get(index)?.as_str(), value))
        });
        let captures = Captures {
            entries: entries.collect(),
            asked_for_one: Rc::default(),
        };
        T::from_path(captures).map(Self).map_err(|refused| {
            let Some(parameter) = refused.parameter else {
                // Not the client's fault: the type asks for other captures than the pattern has.
                let (name, pattern, detail) = (type_name::<T>(), &route.pattern, refused.detail);
                return Problem::internal(format!(
                    "`Path<{name}>` does not fit {pattern}: {detail}"
                ));
            };
            Problem::bad_request()
                .detail(format!("the path parameter `{parameter}` is not valid"))
                .error(InputError::at_parameter(parameter, refused.detail))
        })
    }
}

/// The captures of a request as serde sees them.
#[derive(Debug)]
#[expect(
    unnameable_types,
    reason = "only the hidden method of a sealed trait names it"
)]
pub struct Captures<'r> {
    entries: Vec<(&'r str, Value<'r>)>,
    /// Set once the only capture was asked for as a single value, so that a refusal is about it.
    asked_for_one: Rc<Cell<bool>>,
}

impl Captures<'_> {
    /// Reads all captures; public only because [`Input`] names it.
    #[doc(hidden)]
    pub fn read<T: de::DeserializeOwned>(self) -> Result<T, Refused> {
        let names: Vec<&str> = self.entries.iter().map(|(name, _)| *name).collect();
        let asked_for_one = Rc::clone(&self.asked_for_one);
        let mut track = serde_path_to_error::Track::new();
        let result = T::deserialize(serde_path_to_error::Deserializer::new(self, &mut track));
        result.map_err(|error| {
            let path = track.path();
            let parameter = path.iter().next().and_then(|segment| match segment {
                Segment::Map { key } => names.contains(&key.as_str()).then(|| key.clone()),
                Segment::Seq { index } => names.get(*index).map(|name| (*name).to_owned()),
                Segment::Enum { .. } | Segment::Unknown => None,
            });
            let only = || {
                let name = names.first().filter(|_| asked_for_one.get())?;
                Some((*name).to_owned())
            };
            Refused {
                parameter: parameter.or_else(only),
                detail: error.to_string(),
            }
        })
    }
}

/// Which capture could not be read, and why.
#[derive(Debug)]
#[expect(
    unnameable_types,
    reason = "only the hidden method of a sealed trait names it"
)]
pub struct Refused {
    parameter: Option<String>,
    detail: String,
}

type Error = de::value::Error;

/// A single value asked of all captures is asked of the only one.
macro_rules! of_the_only {
    ($($method:ident),+ $(,)?) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            self.only()?.$method(visitor)
        }
    )+ };
}

impl<'de> Deserializer<'de> for Captures<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let entries = self
            .entries
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value));
        visitor.visit_map(MapDeserializer::new(entries))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_map(visitor)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let mut seq = SeqDeserializer::new(self.entries.into_iter().map(|(_, value)| value));
        let value = visitor.visit_seq(&mut seq)?;
        seq.end()?;
        Ok(value)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.deserialize_tuple(length, visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        self.only()?.deserialize_enum(name, variants, visitor)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_unit()
    }

    of_the_only! {
        deserialize_bool, deserialize_i8, deserialize_i16, deserialize_i32, deserialize_i64, deserialize_i128,
        deserialize_u8, deserialize_u16, deserialize_u32, deserialize_u64, deserialize_u128, deserialize_f32,
        deserialize_f64, deserialize_char, deserialize_str, deserialize_string, deserialize_bytes, deserialize_byte_buf,
        deserialize_identifier,
    }
}

impl<'r> Captures<'r> {
    /// The only capture, for a single value.
    fn only(mut self) -> Result<Value<'r>, Error> {
        match (self.entries.pop(), self.entries.len()) {
            (Some((_, value)), 0) => {
                self.asked_for_one.set(true);
                Ok(value)
            }
            (_, others) => {
                let count = others + usize::from(others > 0);
                Err(de::Error::custom(format!(
                    "the path has {count} parameters, and one value was asked for"
                )))
            }
        }
    }
}
