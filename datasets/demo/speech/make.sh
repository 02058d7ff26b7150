#!/usr/bin/env bash
# SPDX-License-Identifier: CC0-1.0
#
# Regenerates the spoken part of the demo corpus.
#
#   ./make.sh             writes next to this script
#   ./make.sh DIRECTORY   writes to DIRECTORY instead (to compare with what is here)
#
# Needs Debian's packages espeak-ng, ffmpeg, flac and sox:
#
#   apt-get install espeak-ng ffmpeg flac sox
#
# Reads (next to this script):
#   speakers.tsv       speaker_id, gender, age_group, dialect
#   prompts.tsv        id, speaker_id, voice, speed, pitch, format,
#                      sample_format, rate, channels, text
#   prompts-flaws.tsv  id, speaker_id, voice, speed, pitch, flaw, ext,
#                      spoken, transcript
#
# Writes:
#   clips/<id>.<format>        the good clips
#   transcripts.tsv            their texts and speakers
#   clips-flaws/<id>.<ext>     the clips with planted flaws
#   flaws.tsv                  their rows, same header as transcripts.tsv
#
# clips/ and clips-flaws/ are emptied first. The same versions of the four
# tools give the same bytes every time: no dither, no time stamps, no encoder
# tags, fixed stream serials.
set -euo pipefail
export LC_ALL=C.UTF-8

here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
out=${1:-$here}

for tool in espeak-ng ffmpeg flac sox soxi; do
    command -v "$tool" >/dev/null || {
        echo "make.sh: $tool is not installed (apt-get install espeak-ng ffmpeg flac sox)" >&2
        exit 1
    }
done

work=$(mktemp -d)
trap 'rm -rf -- "$work"' EXIT

mkdir -p -- "$out/clips" "$out/clips-flaws"
rm -f -- "$out"/clips/* "$out"/clips-flaws/*

# speaker_id -> "gender<TAB>age_group<TAB>dialect"
declare -A speaker
while IFS=$'\t' read -r id rest; do
    speaker[$id]=$rest
done < <(tail -n +2 -- "$here/speakers.tsv")

# say VOICE SPEED PITCH TEXT FILE: speak TEXT to a 22050 Hz 16-bit mono WAV.
say() {
    printf '%s\n' "$4" | espeak-ng -b 1 -z -v "$1" -s "$2" -p "$3" -w "$5" --stdin
}

# shape IN OUT RATE CHANNELS SAMPLE_FORMAT: resample, set the peak to -3 dBFS,
# make stereo (right channel weaker, so that the two differ) and write a WAV.
shape() {
    local mix=() enc
    case $4 in
        1) ;;
        2) mix=(remix 1 1v0.6) ;;
        *) echo "make.sh: channels must be 1 or 2, not $4" >&2; return 1 ;;
    esac
    case $5 in
        s16) enc=(-e signed-integer -b 16) ;;
        s24) enc=(-e signed-integer -b 24) ;;
        f32) enc=(-e floating-point -b 32) ;;
        u8)  enc=(-e unsigned-integer -b 8) ;;
        *) echo "make.sh: unknown sample format $5" >&2; return 1 ;;
    esac
    sox -D "$1" "${enc[@]}" "$2" rate "$3" gain -n -3 "${mix[@]}"
}

# to_flac IN OUT: by way of headerless samples, since flac warns about the
# extra chunks of a 24-bit WAV.
to_flac() {
    sox -D "$1" -t raw -e signed-integer -L "$work/samples.raw"
    flac --silent --best --no-padding --force --force-raw-format --endian=little \
        --sign=signed --sample-rate="$(soxi -r "$1")" --channels="$(soxi -c "$1")" \
        --bps="$(soxi -b "$1")" -o "$2" "$work/samples.raw"
}

# to_lossy IN OUT CODEC-OPTIONS…: encode without tags or dates.
to_lossy() {
    local in=$1 dst=$2
    shift 2
    ffmpeg -nostdin -hide_banner -loglevel error -y -i "$in" -map_metadata -1 \
        -threads 1 -fflags +bitexact -flags:a +bitexact "$@" "$dst"
}

header=$'path\ttext\tspeaker_id\tgender\tage_group\tdialect'

# ---------------------------------------------------------------- good clips
printf '%s\n' "$header" >"$work/transcripts.tsv"
while IFS=$'\t' read -r -u 3 id spk voice speed pitch format sample rate channels text; do
    dst=$out/clips/$id.$format
    say "$voice" "$speed" "$pitch" "$text" "$work/raw.wav"
    # The lossy encoders are fed 16-bit audio.
    [[ $sample == - ]] && sample=s16
    shape "$work/raw.wav" "$work/shaped.wav" "$rate" "$channels" "$sample"
    case $format in
        flac) to_flac "$work/shaped.wav" "$dst" ;;
        wav)  cp -- "$work/shaped.wav" "$dst" ;;
        mp3)  to_lossy "$work/shaped.wav" "$dst" -c:a libmp3lame -b:a "$((24 * channels + 8))k" ;;
        ogg)  to_lossy "$work/shaped.wav" "$dst" -c:a libvorbis -q:a 2 ;;
        m4a)  to_lossy "$work/shaped.wav" "$dst" -c:a aac -b:a "$((40 * channels))k" -movflags +faststart ;;
        *) echo "make.sh: $id: unknown format $format" >&2; exit 1 ;;
    esac
    printf 'clips/%s.%s\t%s\t%s\t%s\n' "$id" "$format" "$text" "$spk" "${speaker[$spk]}" \
        >>"$work/transcripts.tsv"
done 3< <(tail -n +2 -- "$here/prompts.tsv")
cp -- "$work/transcripts.tsv" "$out/transcripts.tsv"

# ------------------------------------------------------------- planted flaws
printf '%s\n' "$header" >"$work/flaws.tsv"
while IFS=$'\t' read -r -u 3 id spk voice speed pitch flaw ext spoken transcript; do
    dst=$out/clips-flaws/$id.$ext
    if [[ $spoken != - ]]; then
        say "$voice" "$speed" "$pitch" "$spoken" "$work/raw.wav"
        shape "$work/raw.wav" "$work/shaped.wav" 16000 1 s16
    fi
    case $flaw in
        clipped) # peak raised to full scale, then 20 dB more
            sox -D -V1 "$work/raw.wav" -e signed-integer -b 16 "$dst" rate 16000 gain -n 0 gain 20
            ;;
        silent) # two seconds of zeros
            sox -D -n -r 16000 -c 1 -b 16 "$work/silent.wav" trim 0 2
            to_flac "$work/silent.wav" "$dst"
            ;;
        truncated) # the first 60 % of the bytes of a valid file
            to_flac "$work/shaped.wav" "$work/whole.flac"
            head -c "$(($(stat -c %s -- "$work/whole.flac") * 60 / 100))" "$work/whole.flac" >"$dst"
            ;;
        mislabelled) # MP3 bytes under a .wav name
            to_lossy "$work/shaped.wav" "$work/inner.mp3" -c:a libmp3lame -b:a 32k
            cp -- "$work/inner.mp3" "$dst"
            ;;
        wrong_transcript) # sound audio; the row's text is another, far longer one
            to_flac "$work/shaped.wav" "$dst"
            ;;
        false_size) # exactly 1 s of data after a header that claims 4 GiB
            sox -D -V1 "$work/shaped.wav" "$dst" pad 0 1 trim 0 1
            # RIFF size 0xFFFFFFF4 at byte 4, data size 0xFFFFFFD0 at byte 40
            printf '\xf4\xff\xff\xff' | dd of="$dst" bs=1 seek=4 conv=notrunc status=none
            printf '\xd0\xff\xff\xff' | dd of="$dst" bs=1 seek=40 conv=notrunc status=none
            ;;
        duplicate) # byte for byte the first good clip
            cp -- "$out/clips/c001.flac" "$dst"
            ;;
        missing) # a row without a file
            ;;
        empty) # 0 bytes
            : >"$dst"
            ;;
        *) echo "make.sh: $id: unknown flaw $flaw" >&2; exit 1 ;;
    esac
    printf 'clips-flaws/%s.%s\t%s\t%s\t%s\n' "$id" "$ext" "$transcript" "$spk" "${speaker[$spk]}" \
        >>"$work/flaws.tsv"
done 3< <(tail -n +2 -- "$here/prompts-flaws.tsv")
cp -- "$work/flaws.tsv" "$out/flaws.tsv"
