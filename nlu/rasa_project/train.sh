#!/bin/sh
# Trains the model that the sentences and the pipeline standing here make, in the environment named first.
set -eu
venv=$1
project=$(dirname "$0")
. "$project/settings.sh"

if [ -f "$models/$model" ]; then
  echo "$models/$model: up to date"
  exit
fi
mkdir -p "$models"
echo "training $models/$model"
"$venv/bin/rasa" train nlu --nlu nlu/data --config "$project/config.yml" --domain "$project/domain.yml" \
  --out "$models/new" --fixed-model-name "$model" >"$models/train.log" 2>&1 ||
  { tail -n 20 "$models/train.log" >&2; exit 1; }
# The last one is of older sentences; the new one appears whole.
rm -f "$models"/wenyanglao-*.tar.gz
mv "$models/new/$model" "$models/$model"
