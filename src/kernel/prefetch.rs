//! Asks the processor to load a value that will be read soon.
//!
//! # Promises
//! - A hint only: it changes no value and no result, and on other processors it is nothing.
//! - The only file of the crate that allows `unsafe`.

#![allow(unsafe_code)]

/// Starts loading the cache line that holds the start of `value`.
#[inline(always)]
pub fn prefetch_read<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: SSE is part of every x86-64 processor, and a prefetch neither reads nor writes as far
    // as the program can tell: it cannot fault, even on an address that is not mapped.
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = value;
}
