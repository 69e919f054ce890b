//! Reads the MessagePack that `rmp_serde::to_vec_named` writes, and nothing wider.
//!
//! rmp-serde's own reader lets any value stand for any type, and so compiles every way in which each
//! struct could come, in each crate that reads it: nearly half of the binary was that. Here the type
//! says what must stand there. Markers and numbers are read by `rmp`; the errors are rmp-serde's.
//! Borrows what it can; never panics, reads to a bounded depth, and reserves nothing for a length that
//! is only claimed.

use std::io;

use rmp::{Marker, decode::RmpRead as _};
use rmp_serde::decode::Error;
use serde::de::{
    self, Deserialize, DeserializeSeed, Expected, Unexpected, Visitor,
    value::BorrowedStrDeserializer,
};

/// How deep lists and maps may lie within each other.
const DEEPEST: u32 = 128;

/// Reads a `T` from the front of `bytes`. `O(bytes)`.
///
/// # Errors
/// If something else stands there.
pub fn from_slice<'de, T: Deserialize<'de>>(bytes: &'de [u8]) -> Result<T, Error> {
    T::deserialize(&mut Reader { rest: bytes, depth: DEEPEST })
}

struct Reader<'de> {
    rest: &'de [u8],
    depth: u32,
}

/// A whole value, or how many make up the one that begins.
enum Token<'de> {
    Nil,
    Bool(bool),
    Unsigned(u64),
    Signed(i64),
    Float(f64),
    Str(&'de str),
    Bin(&'de [u8]),
    List(u32),
    Map(u32),
}

impl<'de> Reader<'de> {
    fn token(&mut self) -> Result<Token<'de>, Error> {
        let rest = &mut self.rest;
        Ok(match rmp::decode::read_marker(rest)? {
            Marker::Null => Token::Nil,
            Marker::True => Token::Bool(true),
            Marker::False => Token::Bool(false),
            Marker::FixPos(n) => Token::Unsigned(n.into()),
            Marker::U8 => Token::Unsigned(rest.read_data_u8()?.into()),
            Marker::U16 => Token::Unsigned(rest.read_data_u16()?.into()),
            Marker::U32 => Token::Unsigned(rest.read_data_u32()?.into()),
            Marker::U64 => Token::Unsigned(rest.read_data_u64()?),
            Marker::FixNeg(n) => Token::Signed(n.into()),
            Marker::I8 => Token::Signed(rest.read_data_i8()?.into()),
            Marker::I16 => Token::Signed(rest.read_data_i16()?.into()),
            Marker::I32 => Token::Signed(rest.read_data_i32()?.into()),
            Marker::I64 => Token::Signed(rest.read_data_i64()?),
            Marker::F32 => Token::Float(rest.read_data_f32()?.into()),
            Marker::F64 => Token::Float(rest.read_data_f64()?),
            marker @ (Marker::FixStr(_) | Marker::Str8 | Marker::Str16 | Marker::Str32) => {
                let length = self.length(marker)?;
                Token::Str(std::str::from_utf8(self.take(length)?)?)
            }
            marker @ (Marker::Bin8 | Marker::Bin16 | Marker::Bin32) => {
                let length = self.length(marker)?;
                Token::Bin(self.take(length)?)
            }
            marker @ (Marker::FixArray(_) | Marker::Array16 | Marker::Array32) => {
                Token::List(self.length(marker)?)
            }
            marker @ (Marker::FixMap(_) | Marker::Map16 | Marker::Map32) => {
                Token::Map(self.length(marker)?)
            }
            other => return Err(Error::TypeMismatch(other)),
        })
    }

    fn length(&mut self, marker: Marker) -> Result<u32, Error> {
        Ok(match marker {
            Marker::FixStr(n) | Marker::FixArray(n) | Marker::FixMap(n) => n.into(),
            Marker::Str8 | Marker::Bin8 => self.rest.read_data_u8()?.into(),
            Marker::Str16 | Marker::Bin16 | Marker::Array16 | Marker::Map16 => {
                self.rest.read_data_u16()?.into()
            }
            _ => self.rest.read_data_u32()?,
        })
    }

    fn take(&mut self, length: u32) -> Result<&'de [u8], Error> {
        let cut = || Error::InvalidDataRead(io::ErrorKind::UnexpectedEof.into());
        let (taken, rest) = self.rest.split_at_checked(length as usize).ok_or_else(cut)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Passes by a value, however deep.
    fn skip(&mut self) -> Result<(), Error> {
        let mut left = 1u64;
        while left > 0 {
            left -= 1;
            match self.token()? {
                Token::List(length) => left += u64::from(length),
                Token::Map(length) => left += 2 * u64::from(length),
                _ => {}
            }
        }
        Ok(())
    }

    fn list<V: Visitor<'de>>(&mut self, length: u32, visitor: V) -> Result<V::Value, Error> {
        self.depth = self.depth.checked_sub(1).ok_or(Error::DepthLimitExceeded)?;
        let mut items = Items { left: length, reader: self };
        let value = visitor.visit_seq(&mut items)?;
        items.end(length)?;
        self.depth += 1;
        Ok(value)
    }

    fn map<V: Visitor<'de>>(&mut self, length: u32, visitor: V) -> Result<V::Value, Error> {
        self.depth = self.depth.checked_sub(1).ok_or(Error::DepthLimitExceeded)?;
        let mut items = Items { left: length, reader: self };
        let value = visitor.visit_map(&mut items)?;
        items.end(length)?;
        self.depth += 1;
        Ok(value)
    }
}

#[cold]
fn wrong(token: &Token<'_>, wanted: &dyn Expected) -> Error {
    let found = match *token {
        Token::Nil => Unexpected::Unit,
        Token::Bool(value) => Unexpected::Bool(value),
        Token::Unsigned(value) => Unexpected::Unsigned(value),
        Token::Signed(value) => Unexpected::Signed(value),
        Token::Float(value) => Unexpected::Float(value),
        Token::Str(value) => Unexpected::Str(value),
        Token::Bin(value) => Unexpected::Bytes(value),
        Token::List(_) => Unexpected::Seq,
        Token::Map(_) => Unexpected::Map,
    };
    de::Error::invalid_type(found, wanted)
}

/// All that read a number: which it fits is for the type to say.
macro_rules! numbers {
    ($($method:ident)+) => {$(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
            match self.token()? {
                Token::Unsigned(value) => visitor.visit_u64(value),
                Token::Signed(value) => visitor.visit_i64(value),
                Token::Float(value) => visitor.visit_f64(value),
                other => Err(wrong(&other, &visitor)),
            }
        }
    )+};
}

/// All that read what another method does.
macro_rules! as_others {
    ($($method:ident($($name:ident: $type:ty),*) as $other:ident;)+) => {$(
        fn $method<V: Visitor<'de>>(self, $($name: $type,)* visitor: V) -> Result<V::Value, Error> {
            self.$other(visitor)
        }
    )+};
}

impl<'de> de::Deserializer<'de> for &mut Reader<'de> {
    type Error = Error;

    numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
        deserialize_f32 deserialize_f64
    }

    as_others! {
        deserialize_char() as deserialize_str;
        deserialize_string() as deserialize_str;
        deserialize_identifier() as deserialize_str;
        deserialize_byte_buf() as deserialize_bytes;
        deserialize_unit_struct(_name: &'static str) as deserialize_unit;
        deserialize_tuple(_length: usize) as deserialize_seq;
        deserialize_tuple_struct(_name: &'static str, _length: usize) as deserialize_seq;
        deserialize_struct(_name: &'static str, _fields: &'static [&'static str]) as deserialize_map;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.token()? {
            Token::Nil => visitor.visit_unit(),
            Token::Bool(value) => visitor.visit_bool(value),
            Token::Unsigned(value) => visitor.visit_u64(value),
            Token::Signed(value) => visitor.visit_i64(value),
            Token::Float(value) => visitor.visit_f64(value),
            Token::Str(value) => visitor.visit_borrowed_str(value),
            Token::Bin(value) => visitor.visit_borrowed_bytes(value),
            Token::List(length) => self.list(length, visitor),
            Token::Map(length) => self.map(length, visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.token()? {
            Token::Bool(value) => visitor.visit_bool(value),
            other => Err(wrong(&other, &visitor)),
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.token()? {
            Token::Str(value) => visitor.visit_borrowed_str(value),
            other => Err(wrong(&other, &visitor)),
        }
    }

    fn deserialize_bytes<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.token()? {
            Token::Bin(value) => visitor.visit_borrowed_bytes(value),
            other => Err(wrong(&other, &visitor)),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.rest.split_first() {
            Some((&0xc0, rest)) => {
                self.rest = rest;
                visitor.visit_none()
            }
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.token()? {
            Token::Nil | Token::List(0) => visitor.visit_unit(),
            other => Err(wrong(&other, &visitor)),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.token()? {
            Token::List(length) => self.list(length, visitor),
            other => Err(wrong(&other, &visitor)),
        }
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.token()? {
            Token::Map(length) => self.map(length, visitor),
            other => Err(wrong(&other, &visitor)),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.token()? {
            Token::Str(name) => visitor.visit_enum(BorrowedStrDeserializer::new(name)),
            Token::Map(1) => visitor.visit_enum(self),
            other => Err(wrong(&other, &visitor)),
        }
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        self.skip()?;
        visitor.visit_unit()
    }

    fn is_human_readable(&self) -> bool {
        false
    }
}

/// The items of a list, or the entries of a map, that are still to come.
struct Items<'r, 'de> {
    left: u32,
    reader: &'r mut Reader<'de>,
}

impl Items<'_, '_> {
    fn end(&self, length: u32) -> Result<(), Error> {
        if self.left == 0 { Ok(()) } else { Err(Error::LengthMismatch(length)) }
    }

    fn next(&mut self) -> bool {
        let is_left = self.left > 0;
        self.left -= u32::from(is_left);
        is_left
    }
}

impl<'de> de::SeqAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Error> {
        if self.next() { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left as usize)
    }
}

impl<'de> de::MapAccess<'de> for Items<'_, 'de> {
    type Error = Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Error> {
        if self.next() { seed.deserialize(&mut *self.reader).map(Some) } else { Ok(None) }
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Error> {
        seed.deserialize(&mut *self.reader)
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.left as usize)
    }
}

impl<'de> de::EnumAccess<'de> for &mut Reader<'de> {
    type Error = Error;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Error> {
        Ok((seed.deserialize(&mut *self)?, self))
    }
}

impl<'de> de::VariantAccess<'de> for &mut Reader<'de> {
    type Error = Error;

    fn unit_variant(self) -> Result<(), Error> {
        Deserialize::deserialize(self)
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Error> {
        seed.deserialize(self)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_seq(self, visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        de::Deserializer::deserialize_map(self, visitor)
    }
}

#[cfg(test)]
mod tests;
