//! Pairs for serde, told with other types than they have where nobody asks for one; what is being read is noted.

use std::cell::Cell;
use std::fmt;

use serde::de::value::{Error, SeqDeserializer};
use serde::de::{DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::retyped::{Entry, Kind, looks_like};

/// All pairs.
pub(super) struct Pairs<'a> {
    inner: serde_html_form::Deserializer<'a>,
    told: Told<'a>,
}

/// How the pairs are told.
#[derive(Clone, Copy)]
struct Told<'a> {
    entries: &'a [Entry],
    /// The entry that is being read.
    at: &'a Cell<Option<usize>>,
}

impl<'a> Pairs<'a> {
    pub(super) fn new(
        encoded: &'a [u8],
        entries: &'a [Entry],
        at: &'a Cell<Option<usize>>,
    ) -> Self {
        Self {
            inner: serde_html_form::Deserializer::from_bytes(encoded),
            told: Told { entries, at },
        }
    }
}

/// Every way to ask for a map.
macro_rules! maps {
    ($($method:ident($($name:ident: $type:ty),*))*) => { $(
        fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value, Error> {
            self.inner.$method($($name,)* Map { inner: visitor, told: self.told })
        }
    )* };
}

impl<'de> Deserializer<'de> for Pairs<'de> {
    type Error = Error;

    maps! {
        deserialize_any()
        deserialize_map()
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_newtype_struct(name: &'static str)
        deserialize_option()
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
        deserialize_ignored_any()
    }

    /// A list of pairs has keys of any type.
    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.inner.deserialize_seq(visitor)
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.inner.deserialize_unit(visitor)
    }

    forward_to_deserialize_any! {
        bool u8 u16 u32 u64 i8 i16 i32 i64 f32 f64 char str string bytes byte_buf unit_struct tuple_struct identifier tuple
    }
}

/// What takes the map, and the map itself.
struct Map<'a, I> {
    inner: I,
    told: Told<'a>,
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Map<'de, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_newtype_struct<D>(self, inner: D) -> Result<V::Value, D::Error>
    where
        D: Deserializer<'de>,
    {
        self.inner.visit_newtype_struct(inner)
    }

    fn visit_map<M: MapAccess<'de>>(self, inner: M) -> Result<V::Value, M::Error> {
        let told = self.told;
        self.inner.visit_map(Map { inner, told })
    }
}

impl<'de, M: MapAccess<'de>> MapAccess<'de> for Map<'_, M> {
    type Error = M::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, M::Error> {
        let at = self.told.at;
        let next = at.get().map_or(0, |at| at + 1);
        at.set(Some(next));
        let key = self.inner.next_key_seed(seed)?;
        if key.is_none() {
            at.set(None);
        }
        Ok(key)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, M::Error> {
        let at = self.told.at.get();
        let entry = at.and_then(|at| self.told.entries.get(at));
        let entry = entry.filter(|entry| entry.many.now() || entry.typed.now());
        self.inner.next_value_seed(Value { inner: seed, entry })
    }
}

/// What takes a value, and the value itself.
struct Value<'a, I> {
    inner: I,
    /// How it is told where nobody asks for a type.
    entry: Option<&'a Entry>,
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Value<'_, S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, inner: D) -> Result<S::Value, D::Error> {
        let entry = self.entry;
        self.inner.deserialize(Value { inner, entry })
    }
}

macro_rules! as_asked {
    ($($method:ident($($name:ident: $type:ty),*))*) => { $(
        fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($name,)* visitor)
        }
    )* };
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Value<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        let Some(Entry {
            values,
            many,
            typed,
            ..
        }) = self.entry
        else {
            return self.inner.deserialize_any(visitor);
        };
        let mut told = values.iter().map(|text| Text {
            text,
            typed: typed.now(),
        });
        match told.next() {
            Some(text) if !many.now() && values.len() == 1 => text.tell(visitor),
            _ => {
                let all = values.iter().map(|text| Text {
                    text,
                    typed: typed.now(),
                });
                visitor.visit_seq(SeqDeserializer::new(all))
            }
        }
    }

    as_asked! {
        deserialize_bool()
        deserialize_i8()
        deserialize_i16()
        deserialize_i32()
        deserialize_i64()
        deserialize_i128()
        deserialize_u8()
        deserialize_u16()
        deserialize_u32()
        deserialize_u64()
        deserialize_u128()
        deserialize_f32()
        deserialize_f64()
        deserialize_char()
        deserialize_str()
        deserialize_string()
        deserialize_bytes()
        deserialize_byte_buf()
        deserialize_option()
        deserialize_unit()
        deserialize_seq()
        deserialize_map()
        deserialize_identifier()
        deserialize_ignored_any()
        deserialize_unit_struct(name: &'static str)
        deserialize_newtype_struct(name: &'static str)
        deserialize_tuple(length: usize)
        deserialize_tuple_struct(name: &'static str, length: usize)
        deserialize_struct(name: &'static str, fields: &'static [&'static str])
        deserialize_enum(name: &'static str, variants: &'static [&'static str])
    }
}

/// One value.
#[derive(Clone, Copy)]
struct Text<'a> {
    text: &'a str,
    typed: bool,
}

impl Text<'_> {
    fn tell<'de, V: Visitor<'de>, E: serde::de::Error>(self, visitor: V) -> Result<V::Value, E> {
        let kind = if self.typed {
            looks_like(self.text)
        } else {
            Kind::Text
        };
        match kind {
            Kind::Bool(it) => visitor.visit_bool(it),
            Kind::Unsigned(it) => visitor.visit_u64(it),
            Kind::Signed(it) => visitor.visit_i64(it),
            Kind::Float(it) => visitor.visit_f64(it),
            Kind::Text => visitor.visit_str(self.text),
        }
    }
}

/// An element of a sequence.
struct Element<'a, E>(Text<'a>, std::marker::PhantomData<E>);

impl<'a, E: serde::de::Error> IntoDeserializer<'_, E> for Text<'a> {
    type Deserializer = Element<'a, E>;

    fn into_deserializer(self) -> Self::Deserializer {
        Element(self, std::marker::PhantomData)
    }
}

impl<'de, E: serde::de::Error> Deserializer<'de> for Element<'_, E> {
    type Error = E;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, E> {
        self.0.tell(visitor)
    }

    forward_to_deserialize_any! {
        bool u8 u16 u32 u64 u128 i8 i16 i32 i64 i128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
