"""Every sentence of the page of spoken digits, in one table, and its example strings."""

from __future__ import annotations

from typing import NamedTuple

TEXT: dict[str, str] = {
    "title": "Digits, spelled by ear: see when each letter listened",
    "present": "Present",
    "share": "Share",
    "save": "Save",
    "no_model": "No speech model is installed. Train one with the commands in the README.",
    # where the sound comes from
    "source": "Where the sound comes from",
    "build": "Build a string",
    "record": "Record",
    "upload": "Upload",
    "digits": "Digits",
    "digits_hint": "Digits, such as 7 2 9",
    "voice": "Voice",
    "mixed": "Voices in turn",
    "examples": "Examples",
    "record_label": "Say some digits in English",
    "record_hint": "Say one to eight digits in English, one after the other, with a short pause between them. At most"
    " {seconds} seconds.",
    "upload_label": "A sound file (WAV, FLAC or OGG)",
    "upload_hint": "WAV, FLAC or OGG, any sampling rate, at most {megabytes} MB and {seconds} seconds, with English"
    " digits in it.",
    "own_stays": "Your sound stays in this visit: it is in no link and in no saved state, and it is gone when you close"
    " or reload the page. To keep it, save it as WAV.",
    "own_kept": "Shown below: {name}, {seconds} s.",
    "own_recording": "your recording",
    "own_forget": "Forget it",
    "own_none_record": "Nothing is recorded yet; until then you see the string that was built.",
    "own_none_upload": "No file is open yet; until then you see the string that was built.",
    "stays": "What you had before is still shown.",
    "own_long": "Like this the sound lasts {seconds} s; the model listens to at most {most} s. Take a higher speed,"
    " less silence, or fewer digits.",
    "own_short": "Like this the sound lasts {seconds} s, too short for a word. Take a lower speed.",
    "digits_none": "Type at least one digit, such as 7 2 9.",
    "digits_wrong": "“{found}” is no digit. Type the digits 0 to 9, or their English names.",
    "digits_many": "These are {count} digits; at most {most} can be put together.",
    # the answer
    "nothing_heard": "The model heard no word in this sound. More or less noise, or another speed, may change that.",
    "reading": "Letters to sound",
    "meta": "{letters} letters from {seconds} s of sound, spelled in {milliseconds} ms",
    "caption": "One time axis for all: the sound wave, its spectrogram (deep tones below) and, row by row, when each"
    " letter listened. A row adds up to 1. Play the sound, and the letters follow.",
    "caption_heads": "The model has one attention: rows are letters, columns are moments of the sound.",
    "cell": "{query} listened to {key}: {weight}",
    "step_of": "Letter {step} of {steps}. To write it the model listened to",
    "step": "Letter",
    "previous": "Previous letter",
    "next": "Next letter",
    "weights": "Weights say when the model listened, not why it wrote a letter.",
    "weights_more": "What an alignment shows, and what not",
    "weights_long": "Before the attention, a recurrent network has read the sound in both directions, so that each"
    " moment also knows its neighbours: a peak can stand beside the sound that mattered, often at the beginning or the"
    " end of a word. “Is the alignment honest?” below silences what a word listened to, and measures what really"
    " changes (Jain & Wallace 2019; for the other side, Wiegreffe & Pinter 2019).",
    # numbers
    "numbers": "The alignment in numbers",
    "monotonicity": "Monotonicity",
    "monotonicity_line": "share of the steps from letter to letter on which the attention does not turn back",
    "monotonicity_back": "; its longest step back is {seconds} s",
    "coverage": "Coverage",
    "coverage_line": "share of the moments with sound that got at least a tenth of a letter's attention, from all"
    " letters together",
    "inside": "Inside the word",
    "inside_line": "letters whose strongest moment lies within the word that was really spoken then",
    "right": "Words right",
    "right_line": "words as they were put together; {errors} wrong, missing or too many",
    "right_line_none": "all words as they were put together",
    "of": "{part} of {whole}",
    # change it live
    "speed": "Speed",
    "speed_help": "2 is twice as fast. As on a tape, a faster voice is also a higher one.",
    "noise": "Noise",
    "noise_help": "Noise under the voice, stronger in the low tones, like wind; the number is how much louder the voice"
    " is (signal-to-noise ratio). At 0 dB both are equally loud.",
    "none": "none",
    "decibels": "{number} dB",
    "pause": "Silence between words",
    "pause_help": "Seconds between one word and the next. It applies to strings that are built here.",
    "seconds_unit": "{number} s",
    "model": "Location awareness",
    "model_help": "With it, the attention also sees where it listened before (after Chorowski et al. 2015; how it"
    " remembers earlier steps is ours). Without it, it knows only what it looks for. Try both on a long string, or on"
    " the same digit many times.",
    "with_location": "with",
    "without_location": "without",
    "temperature": "Temperature",
    "temperature_help": "Divides the scores of the attention: below 1 sharpens, above 1 blurs.",
    "normaliser": "Normaliser",
    "normaliser_help": "What turns the scores of the attention into weights. Softmax leaves every moment some;"
    " sparsemax and, more gently, entmax-1.5 give weak moments exactly none; hard argmax gives one moment all.",
    "reset": "Reset",
    "softmax": "softmax",
    "sparsemax": "sparsemax",
    "entmax15": "entmax-1.5",
    "hardmax": "hard argmax",
    "uniform": "off: equal weights",
    "changed_text": "Without your changes the model spells “{before}”.",
    "changed_same": "Without your changes the model spells the same.",
    # go deeper
    "more": "Go deeper",
    "heard": "Word by word",
    "compare": "With and without location",
    "honest": "Is the alignment honest?",
    "curve": "When does it fail?",
    "card": "About the model",
    # word by word
    "word": "Word",
    "from_to": "Listened (s)",
    "peak": "Most at (s)",
    "truth": "Really spoken (s)",
    "missed": "(missed)",
    "not_said": "(not said)",
    "probability": "Probability",
    "heard_caption": "“Listened” holds nine tenths of the attention of the word's letters, “really spoken” is where"
    " the clip was put. The probability is that of all the word's letters together.",
    "heard_caption_own": "“Listened” holds nine tenths of the attention of the word's letters. Where the words really"
    " lie is not known for a sound of yours. The probability is that of all the word's letters together.",
    # with and without
    "compare_missing": "The second model is not installed, so there is nothing to compare with.",
    "compare_same": "Both models spell “{text}”.",
    "compare_differ": "{first} location awareness: “{text}”. {second}: “{other}”.",
    "nothing": "nothing",
    "compare_column": "{which} location awareness",
    "spelled": "Spelled",
    "trained": "What differs may also come from the training: {models}.",
    "trained_one": "{which}: {minutes} minutes",
    "compare_caption": "Above: the model that you chose. Here: the other one, under the same time axis.",
    # honest
    "honest_lead": "For each word, silence the {seconds} s that its letters listened to most, and let the model spell"
    " again. Beside it, silence just as long a stretch at {draws} places drawn by lot: elsewhere in the same word, and"
    " anywhere else.",
    "honest_length": "Silenced",
    "honest_working": "Silencing and spelling again: {done} of {all} words",
    "honest_stopped": "Stopped after {done} of {all} words. Run goes on from there.",
    "honest_looked": "most listened to",
    "honest_same": "same word, elsewhere",
    "honest_other": "anywhere else",
    "honest_axis": "share of words that change",
    "honest_caption": "How often a word is no longer spelled when {seconds} s are silenced: where its letters listened"
    " most, elsewhere in the same word, and anywhere else in the sound.",
    "honest_line": "Silencing what was listened to most changes {looked} of {words}; elsewhere in the same word {same},"
    " anywhere else {other}.",
    "words_one": "1 word",
    "words_some": "{count} words",
    "honest_yes": "So here the alignment points at what counts.",
    "honest_half": "So here the word counts as a whole: other parts of it matter about as much as the part"
    " listened to.",
    "honest_less": "So here the alignment finds the word but not what counts in it: other parts of it matter more than"
    " the part listened to.",
    "honest_word": "So here the alignment finds the words that count; they are too short to compare parts of one.",
    "honest_no": "So here the alignment is no guide: what was listened to matters no more than the rest.",
    "honest_robust": "So here no stretch of this length counts: the model reads the word from what is left. Try a"
    " longer one.",
    "honest_none": "There is no word whose moments could be silenced.",
    "honest_no_room": "–",
    "honest_became": "Becomes",
    "honest_gone": "(gone)",
    "honest_kept": "(unchanged)",
    "honest_whole": "Whole spelling",
    "moment": "Seconds",
    # curves
    "curve_kind": "What changes",
    "noise_curve": "Noise",
    "length_curve": "Length of the string",
    "curve_lead_noise": "Strings of three digits drawn by lot, in all voices, with more and more noise; both models"
    " spell the same sounds, at your speed, silence and attention.",
    "curve_lead_length": "Longer and longer strings of digits drawn by lot, in all voices; both models spell the same"
    " sounds, at your speed, noise, silence and attention.",
    "curve_progress": "{done} of {all} strings spelled",
    "curve_stopped": "Stopped after {done} of {all} strings. Run goes on from there.",
    "curve_done": "{all} strings spelled by each model.",
    "curve_x_noise": "signal-to-noise ratio (dB); further right is louder noise",
    "curve_x_length": "digits in the string",
    "curve_y": "word errors (%)",
    "curve_caption": "Word errors in percent: wrong, missing and added words for each hundred spoken. Every point is"
    " {trials} strings, so a few percent up or down mean little.",
    "curve_strings": "Strings",
    "curve_waits": "Press Run: it takes some seconds, and can be stopped.",
    # card
    "voices": "Voices it knows: the six men of the data set, with American, German, Greek and Belgian French accents,"
    " and synthetic voices, women and men, with American and English accents. A voice like none of these may be"
    " understood less well.",
    "attribution": "Recordings: Free Spoken Digit Dataset, Zohar Jackson and contributors, CC BY-SA 4.0.",
    "new_voice": "For each of the six speakers, a model was trained without them: on average it spelled {share} of"
    " their digits right.",
    "clips": "The clips on this page were made with eSpeak NG, by speakers that the models have not practised with; no"
    " recording of the data set is played or shipped.",
    "log_valid_digits": "single digits right",
    "log_valid_words_3": "words right, strings of three",
    "log_valid_exact_8": "strings of eight, all right",
    "log_inside": "letters that listened within their word",
    "curve_training": "How training went, measured on recordings held out.",
    "minutes": "minutes of training",
    "percent_axis": "percent",
    # save
    "save_html": "Interactive page with sound (HTML)",
    "save_wav": "The sound as heard (WAV)",
    "save_csv": "Weights (CSV)",
    "save_words": "Words (CSV)",
    "save_json": "Exact state (JSON)",
    "save_picture": "PNG and SVG are made in your browser: press “Save picture” under the picture.",
    "save_own": "The state holds your settings, not your sound; save the WAV beside it.",
    "python": "The same in Python",
    "own_scene": "Your sound, letter by letter.",
    "own_scene_comment": "Indigo lies on the moments that each letter listened to.",
}

DIGIT_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NORMALISERS = ("softmax", "sparsemax", "entmax15", "hardmax", "uniform")
SOURCES = ("build", "record", "upload")
NOISES = ("none", "30", "25", "20", "15", "10", "5", "0")
SECTIONS = ("heard", "compare", "honest", "curve", "card")
CURVES = ("noise", "length")
SILENCES = ("0.1", "0.2", "0.3", "0.5")  # seconds


class Example(NamedTuple):
    """A string that shows something: what the button says, and the settings that differ from the defaults."""

    title: str
    digits: str
    noise: str = "none"
    speed: float = 1.0
    pause: float = 0.15
    voice: str = ""  # "": the first voice; "mixed": voices in turn


EXAMPLES: tuple[Example, ...] = (
    Example("Three digits", "7 2 9"),
    Example("Nine times the same", "1 1 1 1 1 1 1 1 1"),
    Example("Eight digits", "3 1 4 1 5 9 2 6"),
    Example("Long silence", "4 0 8", pause=0.6),
    Example("In noise", "6 1 3", noise="5"),
    Example("Fast", "8 0 2 4", speed=1.4),
    Example("Voices in turn", "2 0 2 6", voice="mixed"),
)

SCENES: tuple[tuple[Example, str, str], ...] = (
    (EXAMPLES[0], "A model hears three digits and spells them.",
     "Each row is a letter; the strong cells show when it listened."),
    (EXAMPLES[3], "A longer silence.", "The attention leaps over it: there is nothing to hear."),
    (EXAMPLES[1], "Nine times the same word.",
     "All nine sound alike: nothing but their place in time tells them apart."),
    (EXAMPLES[4], "Three digits in loud noise.", "The voice is only 5 dB louder than the noise."),
)  # fmt: skip
