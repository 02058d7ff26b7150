"""Writes speech/tests/features/kaldi.tsv: rows of kaldi-native-fbank for a signal that a Rust test can make too.

    pip install numpy kaldi-native-fbank
    python benches/peers/speech_features_reference.py speech/tests/features/kaldi.tsv

Columns: kind, options, frame, and the row's values with a space between.
"""
import sys

import kaldi_native_fbank as knf
import numpy as np


def signal(length):
    """Whole numbers only: a triangle wave that rises in pitch, noise, and a silent part."""
    samples, state, phase = [], 12_345, 0
    for n in range(length):
        state = (state * 1_664_525 + 1_013_904_223) % 2**32
        phase = (phase + 300 + n // 8) % 65_536
        triangle = abs(phase - 32_768) - 16_384
        noise = (state >> 20) - 2_048
        loud = 0 if 3_000 <= n < 3_600 else 1
        samples.append(loud * (triangle // 3 + noise // 4))
    return np.array(samples, "f4")


SETS = [
    ("fbank", "num_bins=80"),
    ("fbank", "num_bins=40 window_type=hamming snip_edges=false"),
    ("fbank", "num_bins=40 window_type=hanning low_freq=60 high_freq=-400 remove_dc_offset=false"),
    ("fbank", "window_type=blackman preemph_coeff=0 use_energy=true htk_compat=true"),
    ("fbank", "window_type=sine use_energy=true raw_energy=false energy_floor=1e9"),
    ("fbank", "window_type=rectangular use_power=false frame_length_ms=20 frame_shift_ms=7"),
    ("fbank", "round_to_power_of_two=false htk_mode=true"),
    ("mfcc", ""),
    ("mfcc", "use_energy=false htk_compat=true num_ceps=20 cepstral_lifter=0"),
    ("mfcc", "raw_energy=false snip_edges=false num_bins=40 num_ceps=20"),
    ("mfcc", "samp_freq=8000 num_bins=15"),
]
samples = signal(6_000)
with open(sys.argv[1], "w") as out:
    out.write("# kaldi-native-fbank 1.23.0 on the signal of benches/peers/speech_features_reference.py\n")
    for kind, options in SETS:
        opts = knf.FbankOptions() if kind == "fbank" else knf.MfccOptions()
        opts.frame_opts.dither = 0
        for option in options.split():
            name, value = option.split("=")
            owner = next(o for o in (opts, opts.frame_opts, opts.mel_opts) if hasattr(o, name))
            kind_of = type(getattr(owner, name))
            setattr(owner, name, value == "true" if kind_of is bool else kind_of(value))
        extractor = (knf.OnlineFbank if kind == "fbank" else knf.OnlineMfcc)(opts)
        extractor.accept_waveform(opts.frame_opts.samp_freq, samples.tolist())
        extractor.input_finished()
        last = extractor.num_frames_ready - 1
        for frame in (0, 19, last):
            values = " ".join(f"{v:.4f}" for v in extractor.get_frame(frame))
            out.write(f"{kind}\t{options}\t{frame}\t{values}\n")
