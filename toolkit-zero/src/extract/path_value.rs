//! One capture as serde sees it.

use std::borrow::Cow;
use std::path::PathBuf;

use serde::de::value::{Error, SeqDeserializer};
use serde::de::{self, Deserializer, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::FromRest as _;
use super::rest::check_segment;
use crate::message::path::decode_rest;

macro_rules! parsed {
    ($($method:ident $visit:ident),+ $(,)?) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            visitor.$visit(self.text.parse().map_err(de::Error::custom)?)
        }
    )+ };
}

/// One capture, read into whatever serde asks for.
#[derive(Debug)]
pub(super) struct Value<'r> {
    /// Decoded; of a rest as it was sent.
    text: Cow<'r, str>,
    rest: bool,
}

impl<'r> Value<'r> {
    pub(super) fn of_segment(text: Cow<'r, str>) -> Self {
        Self { text, rest: false }
    }

    /// As it was sent, for a decoded `/` would look like one between segments.
    pub(super) fn of_rest(raw: &'r str) -> Self {
        Self {
            text: Cow::Borrowed(raw),
            rest: true,
        }
    }

    /// The text for a visitor. One that makes a file path of it gets only what stays in its folder.
    fn text_for<'de, V: Visitor<'de>>(self, visitor: &V) -> Result<String, Error> {
        if (visitor as &dyn de::Expected).to_string() != "path string" {
            return Ok(self.text.into_owned());
        }
        if !self.rest {
            check_segment(&self.text).map_err(de::Error::custom)?;
            return Ok(self.text.into_owned());
        }
        let path = PathBuf::from_rest(&self.text).map_err(de::Error::custom)?;
        let path = path.into_os_string().into_string();
        path.map_err(|_| de::Error::custom("a file path must be UTF-8"))
    }
}

impl IntoDeserializer<'_, Error> for Value<'_> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Value<'_> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        let text = self.text_for(&visitor)?;
        visitor.visit_string(text)
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
        visitor.visit_enum(self.text.into_owned().into_deserializer())
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        if !self.rest {
            return self.deserialize_any(visitor);
        }
        let segments = decode_rest(&self.text).map_err(de::Error::custom)?;
        visitor.visit_seq(SeqDeserializer::new(segments.into_iter()))
    }

    parsed! {
        deserialize_bool visit_bool, deserialize_i8 visit_i8, deserialize_i16 visit_i16, deserialize_i32 visit_i32,
        deserialize_i64 visit_i64, deserialize_i128 visit_i128, deserialize_u8 visit_u8, deserialize_u16 visit_u16,
        deserialize_u32 visit_u32, deserialize_u64 visit_u64, deserialize_u128 visit_u128, deserialize_f32 visit_f32,
        deserialize_f64 visit_f64, deserialize_char visit_char,
    }

    forward_to_deserialize_any! {
        str string bytes byte_buf unit unit_struct tuple tuple_struct map struct identifier ignored_any
    }
}
