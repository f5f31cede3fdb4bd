"""What the ear of the model takes from a sound: logarithms of 40 mel energies, a row every hundredth of a second."""

from __future__ import annotations

from functools import cache

import numpy as np

from attention.speech.sound import RATE

MELS = 40
HOP_MS, WINDOW_MS = 10, 25
LOW_HZ, HIGH_HZ = 60.0, 3_800.0  # telephones and small microphones carry little outside of it
FLOOR = 1e-10  # added to every energy: silence has a logarithm
DEPTH = 10.0  # natural logarithms under the loudest place that still count, 43 dB
SPREAD = 2.5  # the normalised features are divided by it: about their standard deviation


def log_mels(samples: np.ndarray) -> np.ndarray:
    """Return the logarithms of the mel energies, (frames, 40) float32, natural logarithm; frames are 10 ms apart.

    Frames of 25 ms, each less its mean, pre-emphasis 0.97, Povey window, power spectrum, 40 triangles
    evenly spaced on mel(f) = 1127 ln(1 + f / 700) from 60 to 3,800 Hz (kaldi). Frame i is centred at (i + 0.5) · 10 ms:
    the sound is mirrored at its ends.

    samples: (n,) at 8,000 a second.
    """
    return np.log(mel_energies(samples) + FLOOR)


def mel_energies(samples: np.ndarray) -> np.ndarray:
    """Return the mel energies themselves, (frames, 40) float32."""
    import kaldi_native_fbank

    fbank = kaldi_native_fbank.OnlineFbank(_options())
    fbank.accept_waveform(RATE, np.ascontiguousarray(samples, dtype=np.float32))
    fbank.input_finished()
    frames = [fbank.get_frame(i) for i in range(fbank.num_frames_ready)]
    return np.stack(frames).astype(np.float32) if frames else np.zeros((0, MELS), dtype=np.float32)


def normalised(logs: np.ndarray) -> np.ndarray:
    """Return the features that the model reads, in which the sound's loudness plays no part.

    They count from the middle between the loudest place and 43 dB under it; what lies deeper is raised to there.
    Nothing is averaged over time, so that the silence around a word does not change how the word looks.

    logs: (frames, 40). Returns the same shape, float32, from -2 to a little over 2.
    """
    if not len(logs):
        return logs.astype(np.float32)
    return scaled(logs, loudest(logs))


def scaled(logs: np.ndarray, loudest: np.ndarray | float) -> np.ndarray:
    """Return what `normalised` does for a given loudest logarithm, which broadcasts."""
    return (np.maximum(logs - loudest + DEPTH / 2, -DEPTH / 2) / SPREAD).astype(np.float32)


def loudest(logs: np.ndarray) -> float:
    """Return the logarithm that only one place in 500 exceeds, which a single click does not move."""
    return float(np.quantile(logs, 0.998))


@cache
def _options():
    import kaldi_native_fbank

    options = kaldi_native_fbank.FbankOptions()
    frame, mel = options.frame_opts, options.mel_opts
    frame.samp_freq, frame.frame_shift_ms, frame.frame_length_ms = RATE, HOP_MS, WINDOW_MS
    frame.dither, frame.snip_edges = 0.0, False
    mel.num_bins, mel.low_freq, mel.high_freq = MELS, LOW_HZ, HIGH_HZ
    options.energy_floor, options.use_energy, options.use_log_fbank = 0.0, False, False
    return options
