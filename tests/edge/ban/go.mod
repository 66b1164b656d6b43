module homeslice/ban-test

go 1.21

require homeslice/ban v0.0.0

replace homeslice/ban => ../../../components/traefik/ban
