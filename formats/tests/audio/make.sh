#!/bin/bash
# Makes the audio fixtures of this folder: a chirp of 0.15 s, 2,400 frames at 16 kHz mono (CC0-1.0, ours).
# Needs sox, ffmpeg, flac and opusenc; the bytes differ from version to version of them.
set -eu
cd "$(dirname "$0")"
chirp=$(mktemp --suffix .wav)
sox -n -r 16000 -c 1 -b 16 "$chirp" synth 0.15 sine 200-5000 gain -8
f="ffmpeg -v error -y -i $chirp -fflags +bitexact -flags:a +bitexact -map_metadata -1"
$f -c:a libmp3lame -b:a 48k mp3-info-tag.mp3
$f -c:a libopus opus-48k-pre-skip.opus
$f -c:a libvorbis vorbis-end-trim.ogg
$f -c:a aac -aac_pns 0 aac-edit-list.m4a
$f -c:a aac -aac_pns 0 -movflags frag_keyframe+empty_moov aac-fragmented.m4a
$f -c:a aac -aac_pns 0 -f adts aac-no-length.aac
$f -c:a libopus opus-discard-padding.mka
$f -c:a flac flac-in-ogg.ogg
flac -s -f --no-padding "$chirp" -o flac-16bit.flac
$f -c:a adpcm_ima_wav adpcm-ima.wav
wide=$(mktemp --suffix .wav)
sox "$chirp" -b 32 -e signed "$wide"
flac -s -f --no-padding "$wide" -o flac-32bit.flac
# A tone of its own in each of six channels.
for n in 1 2 3 4 5 6; do sox -n -r 48000 -c 1 -b 16 "$wide.$n.wav" synth 0.08 sine $((300 * n)) gain -10; done
sox -M "$wide".?.wav "$wide"
opusenc --quiet --bitrate 128 --discard-comments --discard-pictures "$wide" opus-surround.opus
rm "$chirp" "$wide" "$wide".?.wav
