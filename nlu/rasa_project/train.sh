#!/bin/sh
# Trains the model that the sentences and the pipeline standing here make, in the environment named first.
set -eu
venv=$1
project=$(dirname "$0")
. "$project/settings.sh"

if [ -f "$models/$model.tar.gz" ]; then
  echo "$models/$model.tar.gz: up to date"
  exit
fi
mkdir -p "$models"
echo "training $models/$model.tar.gz"
start=$(date +%s)
"$venv/bin/rasa" train nlu --nlu nlu/data --config "$project/config.yml" --domain "$project/domain.yml" \
  --out "$models/new" --fixed-model-name "$model" >"$models/train.log" 2>&1 ||
  { tail -n 20 "$models/train.log" >&2; exit 1; }
# The last one is of older sentences; the new one appears whole. `python -m nlu report` tells how long it took.
rm -f "$models"/wenyanglao-*.tar.gz
echo "{\"model\": \"$model\", \"seconds\": $(($(date +%s) - start))}" >"$models/training.json"
mv "$models/new/$model.tar.gz" "$models"
rmdir "$models/new"
