module gridwire/bento

go 1.22.0

require github.com/warpstreamlabs/bento v1.4.1
