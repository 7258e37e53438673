//! The tokens of a scope: one, in nearly all of them, so that one takes no list on the heap.

use core::slice;
use std::sync::Arc;

use crate::cancel::asked::Cancel;

/// A token, shared by all scopes that it stops.
pub(crate) type Token = Arc<dyn Cancel + Send + Sync>;

/// The tokens of one scope.
#[derive(Clone, Default)]
pub(crate) enum Tokens {
    #[default]
    None,
    One(Token),
    Many(Vec<Token>),
}

impl Tokens {
    pub(crate) fn push(&mut self, token: Token) {
        *self = match core::mem::take(self) {
            Self::None => Self::One(token),
            Self::One(first) => Self::Many(vec![first, token]),
            Self::Many(mut tokens) => {
                tokens.push(token);
                Self::Many(tokens)
            }
        };
    }

    pub(crate) fn as_slice(&self) -> &[Token] {
        match self {
            Self::None => &[],
            Self::One(token) => slice::from_ref(token),
            Self::Many(tokens) => tokens,
        }
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [Token] {
        match self {
            Self::None => &mut [],
            Self::One(token) => slice::from_mut(token),
            Self::Many(tokens) => tokens,
        }
    }
}
