"""Designs the low-pass filter of sprog_speech::resample: python speech_resample_design.py > design.rs

Parks-McClellan (scipy.signal.remez) at three times the lower rate; numbers are for a lower rate of 16 kHz. Needs numpy
and scipy. Prints speech/src/resample/design.rs, and what the filter reaches to stderr.
"""
import sys

import numpy as np
import scipy.signal

TAPS, PASS_KHZ, STOP_KHZ, RATE_KHZ = 403, 7.45, 8.1, 48
RIPPLE_DB, STOP_DB = 0.02, 122

weights = [1 / (10 ** (RIPPLE_DB / 20) - 1), 10 ** (STOP_DB / 20)]
taps = scipy.signal.remez(
    TAPS, [0, PASS_KHZ, STOP_KHZ, RATE_KHZ / 2], [1, 0], weight=weights, fs=RATE_KHZ, grid_density=32, maxiter=100
)
taps /= taps.sum()
half = [float(f"{tap:.10e}") for tap in taps[TAPS // 2 :]]
full = np.array(half[:0:-1] + half)
frequency, gain = scipy.signal.freqz(full, worN=1 << 17, fs=RATE_KHZ)
gain = 20 * np.log10(np.abs(gain) + 1e-12)
passed, stopped = gain[frequency <= PASS_KHZ], gain[frequency >= STOP_KHZ]
print(f"pass {passed.min():+.4f} to {passed.max():+.4f} dB, stop {stopped.max():.1f} dB", file=sys.stderr)

print("//! The low-pass filter's numbers, made by `benches/peers/speech_resample_design.py`.\n")
print("/// Taps from the middle outwards; the other half is their mirror image. Equiripple (Parks and McClellan,")
print("/// 1972), at three times the lower rate.")
print("#[rustfmt::skip]")
print(f"pub(super) const HALF: [f64; {len(half)}] = [")
for row in range(0, len(half), 5):
    print("    " + " ".join(f"{tap!r}," for tap in half[row : row + 5]))
print("];")
