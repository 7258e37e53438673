//! The kernels: each is written once, and compiled once for every variant.

/// Why a variant left a kernel. No variant ever does, so the reason is not kept.
#[derive(Debug)]
pub(crate) struct Stopped;

macro_rules! stopped_by {
    ($($reason:ty)*) => {$(
        impl From<$reason> for Stopped {
            fn from(_: $reason) -> Self {
                Self
            }
        }
    )*};
}
stopped_by!(guard_runtime::Tripped cancel_this::Cancelled enough::StopReason);

pub(crate) type Outcome = Result<u64, Stopped>;

macro_rules! enumerate {
    ($($kernel:ident: $name:literal,)*) => {
        #[derive(Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Kernel {
            $($kernel,)*
        }

        impl Kernel {
            pub(crate) const ALL: &'static [Self] = &[$(Self::$kernel,)*];

            pub(crate) fn name(self) -> &'static str {
                match self {
                    $(Self::$kernel => $name,)*
                }
            }
        }
    };
}

enumerate! {
    IntegerSum: "integer sum",
    Saxpy: "saxpy",
    DotProduct: "dot product",
    MatMul: "matmul",
    Sieve: "sieve",
    Collatz: "collatz",
    Fnv: "FNV",
    ByteCount: "byte count",
    Find: "find",
    Push: "push",
    Utf8Scan: "UTF-8 scan",
    StackPop: "stack pop",
    HashInsert: "hash insert",
    LinkedList: "linked list",
    StringParse: "string parse",
    Stencil: "2-D stencil",
}

/// All kernels in one form: what stands before the function, what it takes along, and what it does
/// at the head of every iteration of every loop. The guarded forms do nothing there: the attribute
/// sees the plain function.
macro_rules! kernels {
    (
        attributes { $($attributes:tt)* }
        function { $($function:tt)* } called { $($called:tt)* }
        takes { $stop:ident: $Stop:ty }
        checks { $($check:tt)* }
    ) => {
        use std::hint::black_box;

        use crate::data::{Counts, Data, NEEDLE, Node, SIDE, WIDTH};
        use crate::kernel::{Kernel, Outcome};

        pub(crate) $($function)* run(kernel: Kernel, data: &mut Data, $stop: $Stop) -> Outcome {
            let data = black_box(data);
            match kernel {
                Kernel::IntegerSum => integer_sum(&data.integers, $stop) $($called)*,
                Kernel::Saxpy => saxpy(black_box(1e-6), &data.xs, &mut data.ys, $stop) $($called)*,
                Kernel::DotProduct => dot_product(&data.left, &data.right, $stop) $($called)*,
                Kernel::MatMul => matmul(black_box(SIDE), &data.left, &data.right, &mut data.product, $stop) $($called)*,
                Kernel::Sieve => sieve(&mut data.composite, $stop) $($called)*,
                Kernel::Collatz => collatz(black_box(300), $stop) $($called)*,
                Kernel::Fnv => fnv(&data.bytes, $stop) $($called)*,
                Kernel::ByteCount => byte_count(&data.bytes, black_box(b'e'), $stop) $($called)*,
                Kernel::Find => find(&data.integers, black_box(NEEDLE), $stop) $($called)*,
                Kernel::Push => push(black_box(20_000), &mut data.pushed, $stop) $($called)*,
                Kernel::Utf8Scan => utf8_scan(&data.text, $stop) $($called)*,
                Kernel::StackPop => stack_pop(black_box(5_000), &mut data.stack, $stop) $($called)*,
                Kernel::HashInsert => hash_insert(&data.keys, &mut data.counts, $stop) $($called)*,
                Kernel::LinkedList => linked_list(data.list.as_deref(), $stop) $($called)*,
                Kernel::StringParse => string_parse(&data.numbers, $stop) $($called)*,
                Kernel::Stencil => stencil(black_box(WIDTH), &data.picture, &mut data.blurred, $stop) $($called)*,
            }
        }

        $($attributes)*
        #[inline(never)]
        $($function)* integer_sum(values: &[u64], $stop: $Stop) -> Outcome {
            let mut sum = 0_u64;
            for &value in values {
                $($check)*
                sum = sum.wrapping_add(value);
            }
            Ok(sum)
        }

        $($attributes)*
        #[inline(never)]
        $($function)* saxpy(a: f32, xs: &[f32], ys: &mut [f32], $stop: $Stop) -> Outcome {
            for (y, x) in ys.iter_mut().zip(xs) {
                $($check)*
                *y += a * *x;
            }
            Ok(0)
        }

        $($attributes)*
        #[inline(never)]
        $($function)* dot_product(left: &[f64], right: &[f64], $stop: $Stop) -> Outcome {
            let mut sum = 0.0;
            for (x, y) in left.iter().zip(right) {
                $($check)*
                sum += x * y;
            }
            Ok(sum.to_bits())
        }

        $($attributes)*
        #[inline(never)]
        $($function)* matmul(side: usize, left: &[f64], right: &[f64], product: &mut [f64], $stop: $Stop) -> Outcome {
            for i in 0..side {
                $($check)*
                let row = &mut product[i * side..(i + 1) * side];
                row.fill(0.0);
                for k in 0..side {
                    $($check)*
                    let factor = left[i * side + k];
                    for (sum, value) in row.iter_mut().zip(&right[k * side..(k + 1) * side]) {
                        $($check)*
                        *sum += factor * *value;
                    }
                }
            }
            Ok(0)
        }

        $($attributes)*
        #[inline(never)]
        $($function)* sieve(composite: &mut [bool], $stop: $Stop) -> Outcome {
            composite.fill(false);
            let mut primes = 0;
            for i in 2..composite.len() {
                $($check)*
                if composite[i] {
                    continue;
                }
                primes += 1;
                let mut multiple = i * i;
                while multiple < composite.len() {
                    $($check)*
                    composite[multiple] = true;
                    multiple += i;
                }
            }
            Ok(primes)
        }

        $($attributes)*
        #[inline(never)]
        $($function)* collatz(seeds: u64, $stop: $Stop) -> Outcome {
            let mut steps = 0;
            for seed in 1..seeds {
                $($check)*
                let mut x = seed;
                while x != 1 {
                    $($check)*
                    x = if x % 2 == 0 { x / 2 } else { 3 * x + 1 };
                    steps += 1;
                }
            }
            Ok(steps)
        }

        $($attributes)*
        #[inline(never)]
        $($function)* fnv(bytes: &[u8], $stop: $Stop) -> Outcome {
            let mut hash = 0xcbf2_9ce4_8422_2325_u64;
            for &byte in bytes {
                $($check)*
                hash ^= u64::from(byte);
                hash = hash.wrapping_mul(0x0100_0000_01b3);
            }
            Ok(hash)
        }

        $($attributes)*
        #[inline(never)]
        $($function)* byte_count(bytes: &[u8], needle: u8, $stop: $Stop) -> Outcome {
            let mut count = 0;
            for &byte in bytes {
                $($check)*
                if byte == needle {
                    count += 1;
                }
            }
            Ok(count)
        }

        $($attributes)*
        #[inline(never)]
        $($function)* find(values: &[u64], needle: u64, $stop: $Stop) -> Outcome {
            let mut place = 0;
            for (index, &value) in values.iter().enumerate() {
                $($check)*
                if value == needle {
                    place = index;
                    break;
                }
            }
            Ok(place as u64)
        }

        $($attributes)*
        #[inline(never)]
        $($function)* push(count: u64, pushed: &mut Vec<u64>, $stop: $Stop) -> Outcome {
            pushed.clear();
            for value in 0..count {
                $($check)*
                pushed.push(value ^ 0x55);
            }
            Ok(0)
        }

        $($attributes)*
        #[inline(never)]
        $($function)* utf8_scan(text: &str, $stop: $Stop) -> Outcome {
            let mut sum = 0;
            for letter in text.chars() {
                $($check)*
                sum += u64::from(u32::from(letter));
            }
            Ok(sum)
        }

        $($attributes)*
        #[inline(never)]
        $($function)* stack_pop(nodes: u32, stack: &mut Vec<u32>, $stop: $Stop) -> Outcome {
            let mut sum = 0_u64;
            stack.push(0);
            while let Some(node) = stack.pop() {
                $($check)*
                sum = sum.wrapping_mul(31) ^ u64::from(node);
                if 2 * node + 2 < nodes {
                    stack.push(2 * node + 1);
                    stack.push(2 * node + 2);
                }
            }
            Ok(sum)
        }

        $($attributes)*
        #[inline(never)]
        $($function)* hash_insert(keys: &[u64], counts: &mut Counts, $stop: $Stop) -> Outcome {
            counts.clear();
            for &key in keys {
                $($check)*
                *counts.entry(key).or_insert(0) += 1;
            }
            Ok(counts.len() as u64)
        }

        $($attributes)*
        #[inline(never)]
        $($function)* linked_list(list: Option<&Node>, $stop: $Stop) -> Outcome {
            let mut sum = 0;
            let mut rest = list;
            while let Some(node) = rest {
                $($check)*
                sum += node.value;
                rest = node.next.as_deref();
            }
            Ok(sum)
        }

        $($attributes)*
        #[inline(never)]
        $($function)* string_parse(numbers: &str, $stop: $Stop) -> Outcome {
            let mut sum = 0;
            for number in numbers.split(',') {
                $($check)*
                let mut value = 0;
                for digit in number.bytes() {
                    $($check)*
                    value = value * 10 + u64::from(digit.wrapping_sub(b'0'));
                }
                sum += value;
            }
            Ok(sum)
        }

        $($attributes)*
        #[inline(never)]
        $($function)* stencil(width: usize, picture: &[f32], blurred: &mut [f32], $stop: $Stop) -> Outcome {
            let height = picture.len() / width;
            for y in 1..height - 1 {
                $($check)*
                let above = &picture[(y - 1) * width..y * width];
                let here = &picture[y * width..(y + 1) * width];
                let below = &picture[(y + 1) * width..(y + 2) * width];
                let out = &mut blurred[y * width..(y + 1) * width];
                for x in 1..width - 1 {
                    $($check)*
                    out[x] = 0.25 * (above[x] + below[x] + here[x - 1] + here[x + 1]);
                }
            }
            Ok(0)
        }
    };
}
pub(crate) use kernels;
