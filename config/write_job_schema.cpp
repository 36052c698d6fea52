// Prints a schema: the target job-schema renews config/*.schema.json by it.
#include <iostream>
#include <string_view>

#include "config/job/job.hpp"
#include "config/slices/slices_job.hpp"

int main(int count, char** arguments) {
  bool const of_slices = count > 1 && std::string_view(arguments[1]) == "slices";
  std::cout << (of_slices ? xrdct::config::slices_job_schema() : xrdct::config::job_schema());
}
