// Prints the schema of jobs: the target job-schema renews config/job.schema.json by it.
#include <iostream>

#include "config/job/job.hpp"

int main() { std::cout << xrdct::config::job_schema(); }
