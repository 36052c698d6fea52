#include "io/codec/decode.hpp"
