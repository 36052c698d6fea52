#include "config/job.hpp"
