//! The one place that chooses code by the processor it runs on.
#![allow(unsafe_code, reason = "a function compiled for AVX2 is called where the processor has it")]

/// Work whose `run` must be inlined all the way down (`#[inline(always)]`). It computes the same bits
/// however it is compiled, because there is no fused operation and no sum across lanes in it.
pub(crate) trait Work {
    fn run(self);
}

/// Runs `work`, compiled for AVX2 where the processor has it.
pub(crate) fn widest(work: impl Work) {
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx2") {
            // SAFETY: the processor has AVX2, the one feature that the function is compiled for.
            return unsafe { with_avx2(work) };
        }
    }
    work.run();
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn with_avx2(work: impl Work) {
    work.run();
}
