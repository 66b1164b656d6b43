module homeslice/cloudnativepg

go 1.21

require github.com/cloudnative-pg/cloudnative-pg v1.30.0
