# What every call of Rasa needs; read by train.sh and serve.sh, which are called from the top of the checkout.
models=var/rasa
model=$("$venv/bin/python" -m nlu.rasa_model)
# Nothing is told to Rasa's makers.
export RASA_TELEMETRY_ENABLED=false
# One changed sentence changes every step, so that a cache would only grow.
export RASA_MAX_CACHE_SIZE=0
# What its libraries say about each other's age helps nobody.
export SQLALCHEMY_SILENCE_UBER_WARNING=1 TF_CPP_MIN_LOG_LEVEL=2
# Its tables are small: several threads at them take longer than one.
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}" OPENBLAS_NUM_THREADS="${OPENBLAS_NUM_THREADS:-1}"
