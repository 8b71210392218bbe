#include "CPosix.h"

#include <sys/vfs.h>

long agentdash_file_system(int descriptor) {
    struct statfs information;
    return fstatfs(descriptor, &information) == 0 ? (long)information.f_type : -1;
}
