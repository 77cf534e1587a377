//! `Path<T>`: all captures of a route, by name into a struct or by position into a tuple.

use std::borrow::Cow;

use serde::de::value::{MapDeserializer, SeqDeserializer};
use serde::de::{self, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;
use serde_path_to_error::Segment;

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
/// 400 with the name of the capture that does not parse.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Path<T>(pub T);

impl<T: Input> FromRequest for Path<T> {
    type Rejection = Problem;

    async fn from_request(request: &mut Request) -> Result<Self, Problem> {
        let names = request.route().map_or(&[][..], |route| &route.names);
        let captures = (0..request.captures().len())
            .filter_map(|index| Some((names.get(index)?.as_str(), request.capture(index)?)));
        let captures = Captures(captures.collect());
        T::from_path(captures)
            .map(Self)
            .map_err(|Refused { parameter, detail }| {
                let parameter = parameter.unwrap_or_else(|| {
                    if names.len() == 1 {
                        names[0].clone()
                    } else {
                        String::new()
                    }
                });
                Problem::bad_request()
                    .detail(if parameter.is_empty() {
                        "the path parameters are not valid".to_owned()
                    } else {
                        format!("the path parameter `{parameter}` is not valid")
                    })
                    .error(InputError::at_parameter(parameter, detail))
            })
    }
}

/// The captures of a request as serde sees them.
#[derive(Debug)]
#[expect(
    unnameable_types,
    reason = "only the hidden method of a sealed trait names it"
)]
pub struct Captures<'r>(Vec<(&'r str, Cow<'r, str>)>);

impl Captures<'_> {
    /// Reads all captures; public only because [`Input`] names it.
    #[doc(hidden)]
    pub fn read<T: de::DeserializeOwned>(self) -> Result<T, Refused> {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| *name).collect();
        let mut track = serde_path_to_error::Track::new();
        let result = T::deserialize(serde_path_to_error::Deserializer::new(self, &mut track));
        result.map_err(|error| {
            let path = track.path();
            let parameter = path.iter().next().and_then(|segment| match segment {
                Segment::Map { key } => Some(key.clone()),
                Segment::Seq { index } => names.get(*index).map(|name| (*name).to_owned()),
                Segment::Enum { .. } | Segment::Unknown => None,
            });
            Refused {
                parameter,
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

macro_rules! parsed {
    ($($method:ident $visit:ident),+ $(,)?) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.0.parse().map_err(de::Error::custom)?)
        }
    )+ };
}

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
            .0
            .into_iter()
            .map(|(name, text)| (name.to_owned(), Value(text)));
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
        let mut seq = SeqDeserializer::new(self.0.into_iter().map(|(_, text)| Value(text)));
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
        match (self.0.pop(), self.0.len()) {
            (Some((_, text)), 0) => Ok(Value(text)),
            (_, others) => {
                let count = others + usize::from(others > 0);
                Err(de::Error::custom(format!(
                    "the path has {count} parameters, and one value was asked for"
                )))
            }
        }
    }
}

/// One capture, read into whatever serde asks for.
struct Value<'r>(Cow<'r, str>);

impl IntoDeserializer<'_, Error> for Value<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Value<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_string(self.0.into_owned())
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_some(self)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_enum(self.0.into_owned().into_deserializer())
    }

    parsed! {
        deserialize_bool visit_bool, deserialize_i8 visit_i8, deserialize_i16 visit_i16, deserialize_i32 visit_i32,
        deserialize_i64 visit_i64, deserialize_i128 visit_i128, deserialize_u8 visit_u8, deserialize_u16 visit_u16,
        deserialize_u32 visit_u32, deserialize_u64 visit_u64, deserialize_u128 visit_u128, deserialize_f32 visit_f32,
        deserialize_f64 visit_f64, deserialize_char visit_char,
    }

    forward_to_deserialize_any! {
        str string bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}
